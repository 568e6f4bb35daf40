using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using EdgeOperator.Hub.Registry;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Security;

/// <param name="Hash">By ASP.NET Core Identity's hasher.</param>
/// <param name="MustChange">The password is good for one login, at which another one is given.</param>
/// <param name="Fleets">Those that the role is limited to; null for none, which is over all devices.</param>
internal sealed record User(string Name, string Hash, bool MustChange, Role Role = Role.Administrator, string[]? Fleets = null)
{
    /// <summary>Over the hub as a whole.</summary>
    public bool IsAdministrator => Role == Role.Administrator && Fleets is null;
}

/// <summary>Local accounts: names, passwords and roles.</summary>
internal sealed class Users(IHubStore store, ApiTokens tokens, TimeProvider time) : IDisposable
{
    public const string Administrator = "admin";

    private const string Kind = "user";
    private const int LeastPassword = 12;
    private const int MostUsers = 1000;

    /// <summary>Characters of a name or password that a stranger may have kept or hashed.</summary>
    private const int LongestName = 128;
    private const int LongestPassword = 1024;

    private readonly LoginThrottle _throttle = new(time);
    private readonly PasswordHashing _hashing = new();

    // One at a time, so that two administrators don't take the role from each other; replicas may.
    private readonly SemaphoreSlim _changing = new(1);

    public void Dispose()
    {
        _hashing.Dispose();
        _changing.Dispose();
    }

    /// <summary>Makes the administrator when there is none.</summary>
    /// <returns>Its password, which is shown this once; null when there is one already.</returns>
    public async Task<string?> CreateAdministratorAsync(CancellationToken cancellation)
    {
        var password = NewPassword();
        return await WriteAsync(new(Administrator, PasswordHashing.Hash(password), MustChange: true), null, cancellation) ? password : null;
    }

    /// <summary>Gives the administrator a new password, and the role that it had at first.</summary>
    public async Task<string> ResetAdministratorAsync(CancellationToken cancellation)
    {
        var password = NewPassword();
        var user = new User(Administrator, PasswordHashing.Hash(password), MustChange: true);
        if (!await WriteAsync(user, "*", cancellation))
            await WriteAsync(user, null, cancellation);
        return password;
    }

    /// <param name="newPassword">Replaces the password; needed at the first login.</param>
    /// <param name="from">Whose failures count against it; null where that is not known.</param>
    /// <returns>A token.</returns>
    /// <exception cref="ServiceException">Name or password is wrong or too long, there were too many attempts, or a new password is needed.</exception>
    public async Task<(string Token, DateTimeOffset Expires)> LoginAsync(string name, string password, string? newPassword, IPAddress? from, CancellationToken cancellation)
    {
        // Before the name is kept anywhere: no user has such a name.
        if (name.Length > LongestName || password.Length > LongestPassword || newPassword?.Length > LongestPassword)
            throw new ServiceException(ServiceError.ArgumentInvalid, $"a name has at most {LongestName} characters, a password {LongestPassword}");
        if (_throttle.Remaining(name, from) is var wait && wait > TimeSpan.Zero)
            throw new ServiceException(ServiceError.ThrottlingException, $"too many failed logins: try again in {Math.Ceiling(wait.TotalSeconds)} s") { RetryAfter = wait };
        var user = await FindAsync(name, cancellation);

        // Hashed in any case, so that time does not tell which names exist.
        if (!await _hashing.IsRightAsync(user?.Hash, password, cancellation))
        {
            _throttle.Failed(name, from);
            throw new ServiceException(ServiceError.IotHubUnauthorizedAccess, "the name or the password is wrong");
        }

        _throttle.Succeeded(name, from);
        if (newPassword is not null)
            await ChangeAsync(user!, newPassword, cancellation);
        else if (user!.MustChange)
            throw new ServiceException(ServiceError.NewPasswordNeeded, "the password is for the first login only: give a newPassword too");
        return await tokens.IssueForLoginAsync(name, null, cancellation);
    }

    /// <summary>Who shows a token, as that user is now.</summary>
    /// <returns>Null for none, one that has ended, and one of a user who was removed.</returns>
    public async Task<(ApiToken Token, Role Role, IReadOnlyList<string>? Fleets)?> FindByTokenAsync(string text, CancellationToken cancellation)
    {
        if (await tokens.FindAsync(text, cancellation) is not { } token)
            return null;
        if (token.IsExternal)
            return (token, token.Role!.Value, token.Fleets);
        return await FindAsync(token.User, cancellation) is { } user
            ? (token, token.Role is { } most && most < user.Role ? most : user.Role, FleetNames.Common(user.Fleets, token.Fleets))
            : null;
    }

    /// <summary>By name.</summary>
    /// <param name="after">The last name that is known; empty for none.</param>
    /// <param name="rows">How many are read at once.</param>
    public IAsyncEnumerable<User> AllAsync(CancellationToken cancellation, string after = "", int rows = MostUsers) => store.AllDocumentsAsync(Kind, rows, cancellation, after).Select(Read);

    /// <returns>Null when there is none.</returns>
    public async Task<User?> FindAsync(string name, CancellationToken cancellation) => await store.FindDocumentAsync(Kind, name, cancellation) is { } document ? Read(document) : null;

    /// <returns>A password for the first login.</returns>
    /// <exception cref="ServiceException">The name can't be one, or is taken.</exception>
    public async Task<string> CreateAsync(string name, Role role, IReadOnlyList<string>? fleets, CancellationToken cancellation)
    {
        var limit = FleetNames.Checked(fleets);
        if (name.Length is 0 or > LongestName || name.AsSpan().ContainsAnyExcept(NameCharacters))
            throw new ServiceException(ServiceError.ArgumentInvalid, $"a user's name has 1 to {LongestName} letters, digits or characters of . _ - @ +");
        if (await AllAsync(cancellation).CountAsync(cancellation) >= MostUsers)
            throw new ServiceException(ServiceError.ThrottlingException, $"there are {MostUsers} users already");
        var password = NewPassword();
        return await WriteAsync(new(name, PasswordHashing.Hash(password), MustChange: true, role, limit), null, cancellation)
            ? password
            : throw new ServiceException(ServiceError.InvalidOperation, $"there is a user {name} already");
    }

    /// <returns>A password for the next login.</returns>
    /// <exception cref="ServiceException">There is no such user.</exception>
    public async Task<string> ResetAsync(string name, CancellationToken cancellation)
    {
        var password = NewPassword();
        await WriteAsync(await GetAsync(name, cancellation) with { Hash = PasswordHashing.Hash(password), MustChange = true }, "*", cancellation);
        return password;
    }

    /// <exception cref="ServiceException">There is no such user, or nobody would administrate the hub any more.</exception>
    public Task<User> ChangeRoleAsync(string name, Role role, IReadOnlyList<string>? fleets, CancellationToken cancellation) => ChangeAccessAsync(name, role == Role.Administrator && fleets is null, async user =>
    {
        var changed = user with { Role = role, Fleets = FleetNames.Checked(fleets) };
        await WriteAsync(changed, "*", cancellation);
        return changed;
    }, cancellation);

    /// <inheritdoc cref="ChangeRoleAsync"/>
    public Task RemoveAsync(string name, CancellationToken cancellation) => ChangeAccessAsync(name, false, async user =>
    {
        await store.RemoveDocumentAsync(Kind, name, null, cancellation);
        return user;
    }, cancellation);

    private async Task<User> ChangeAccessAsync(string name, bool isAdministrator, Func<User, Task<User>> change, CancellationToken cancellation)
    {
        await _changing.WaitAsync(cancellation);
        try
        {
            var user = await GetAsync(name, cancellation);
            if (!isAdministrator && await AllAsync(cancellation).AllAsync(u => u.Name == name || !u.IsAdministrator, cancellation))
                throw new ServiceException(ServiceError.InvalidOperation, $"{name} is the last administrator: make another one first");
            return await change(user);
        }
        finally
        {
            _changing.Release();
        }
    }

    private static System.Buffers.SearchValues<char> NameCharacters { get; } =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-@+");

    private async Task ChangeAsync(User user, string password, CancellationToken cancellation)
    {
        if (password.Length < LeastPassword)
            throw new ServiceException(ServiceError.ArgumentInvalid, $"the new password is shorter than {LeastPassword} characters");
        await WriteAsync(user with { Hash = await _hashing.HashAsync(password, cancellation), MustChange = false }, "*", cancellation);
    }

    private async Task<User> GetAsync(string name, CancellationToken cancellation) =>
        await FindAsync(name, cancellation) ?? throw new ServiceException(ServiceError.ResourceNotFound, $"there is no user {name}");

    private static User Read(Document document) => JsonSerializer.Deserialize<User>(document.Json)!;

    private Task<bool> WriteAsync(User user, string? expectedETag, CancellationToken cancellation) =>
        store.WriteDocumentAsync(new(Kind, user.Name, RegistryDocument.NewETag(), JsonSerializer.Serialize(user)), expectedETag, cancellation);

    private static string NewPassword() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
}
