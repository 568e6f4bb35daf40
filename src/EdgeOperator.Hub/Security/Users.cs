using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EdgeOperator.Hub.Registry;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Security;

/// <param name="Hash">By ASP.NET Core Identity's hasher.</param>
/// <param name="MustChange">The password is the one that the first start printed.</param>
internal sealed record User(string Name, string Hash, bool MustChange);

internal sealed record ApiToken(string User, DateTimeOffset Expires);

/// <summary>Local accounts: passwords, and the tokens that a login gives. Of a token only its hash is stored.</summary>
internal sealed class Users(IHubStore store, TimeProvider time) : IDisposable
{
    public const string Administrator = "admin";

    private const string UserKind = "user";
    private const string TokenKind = "token";
    private const int LeastPassword = 12;

    /// <summary>Characters of a name or password that a stranger may have kept or hashed.</summary>
    private const int LongestName = 128;
    private const int LongestPassword = 1024;

    private static readonly TimeSpan TokenLife = TimeSpan.FromHours(12);

    private readonly LoginThrottle _throttle = new(time);
    private readonly PasswordHashing _hashing = new();

    public void Dispose() => _hashing.Dispose();

    /// <summary>Makes the administrator when there is none.</summary>
    /// <returns>Its password, which is shown this once; null when there is one already.</returns>
    public async Task<string?> CreateAdministratorAsync(CancellationToken cancellation)
    {
        var password = NewPassword();
        return await WriteAsync(new(Administrator, PasswordHashing.Hash(password), MustChange: true), null, cancellation) ? password : null;
    }

    /// <summary>Gives the administrator a new password.</summary>
    public async Task<string> ResetAdministratorAsync(CancellationToken cancellation)
    {
        var password = NewPassword();
        var user = new User(Administrator, PasswordHashing.Hash(password), MustChange: true);
        if (!await WriteAsync(user, "*", cancellation))
            await WriteAsync(user, null, cancellation);
        return password;
    }

    /// <param name="newPassword">Replaces the password; needed at the first login.</param>
    /// <returns>A token.</returns>
    /// <exception cref="ServiceException">Name or password is wrong or too long, there were too many attempts, or a new password is needed.</exception>
    public async Task<(string Token, DateTimeOffset Expires)> LoginAsync(string name, string password, string? newPassword, CancellationToken cancellation)
    {
        // Before the name is kept anywhere: no user has such a name.
        if (name.Length > LongestName || password.Length > LongestPassword || newPassword?.Length > LongestPassword)
            throw new ServiceException(ServiceError.ArgumentInvalid, $"a name has at most {LongestName} characters, a password {LongestPassword}");
        if (_throttle.Remaining(name) is var wait && wait > TimeSpan.Zero)
            throw new ServiceException(ServiceError.ThrottlingException, $"too many failed logins: try again in {Math.Ceiling(wait.TotalSeconds)} s");
        var user = await FindAsync(name, cancellation);

        // Hashed in any case, so that time does not tell which names exist.
        if (!await _hashing.IsRightAsync(user?.Hash, password, cancellation))
        {
            _throttle.Failed(name);
            throw new ServiceException(ServiceError.IotHubUnauthorizedAccess, "the name or the password is wrong");
        }

        _throttle.Succeeded(name);
        if (newPassword is not null)
            await ChangeAsync(user!, newPassword, cancellation);
        else if (user!.MustChange)
            throw new ServiceException(ServiceError.NewPasswordNeeded, "the password is for the first login only: give a newPassword too");
        return await IssueAsync(name, cancellation);
    }

    /// <returns>The user whom a token belongs to; null for none, or one that has ended.</returns>
    public async Task<string?> UserOfAsync(string token, CancellationToken cancellation) =>
        await store.FindDocumentAsync(TokenKind, Hash(token), cancellation) is { } document && JsonSerializer.Deserialize<ApiToken>(document.Json)! is var issued && issued.Expires > time.GetUtcNow()
            ? issued.User
            : null;

    private async Task ChangeAsync(User user, string password, CancellationToken cancellation)
    {
        if (password.Length < LeastPassword)
            throw new ServiceException(ServiceError.ArgumentInvalid, $"the new password is shorter than {LeastPassword} characters");
        await WriteAsync(new(user.Name, await _hashing.HashAsync(password, cancellation), MustChange: false), "*", cancellation);
    }

    private async Task<(string Token, DateTimeOffset Expires)> IssueAsync(string name, CancellationToken cancellation)
    {
        var token = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        var expires = time.GetUtcNow() + TokenLife;
        await store.WriteDocumentAsync(new(TokenKind, Hash(token), "1", JsonSerializer.Serialize(new ApiToken(name, expires))), null, cancellation);
        return (token, expires);
    }

    private async Task<User?> FindAsync(string name, CancellationToken cancellation) =>
        await store.FindDocumentAsync(UserKind, name, cancellation) is { } document ? JsonSerializer.Deserialize<User>(document.Json) : null;

    private Task<bool> WriteAsync(User user, string? expectedETag, CancellationToken cancellation) =>
        store.WriteDocumentAsync(new(UserKind, user.Name, RegistryDocument.NewETag(), JsonSerializer.Serialize(user)), expectedETag, cancellation);

    private static string NewPassword() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
