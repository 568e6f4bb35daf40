using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Security;

/// <param name="Id">The hash of the token, which is not stored itself.</param>
/// <param name="Role">At most this one; null for whatever its user has. Without a user in the store, such as one of an identity provider, this very one.</param>
/// <param name="Name">What it is for; null for one of a login.</param>
/// <param name="Fleets">At most these; null for whatever its user has.</param>
internal sealed record ApiToken(string User, DateTimeOffset Expires, Role? Role = null, string? Name = null, bool IsExternal = false, string Id = "", string[]? Fleets = null);

/// <summary>Tokens of logins, and those that users make for programs.</summary>
internal sealed class ApiTokens(IHubStore store, TimeProvider time)
{
    public const int MostDays = 3650;

    /// <summary>Tokens with a name that there can be.</summary>
    public const int MostNamed = 1000;

    /// <summary>How long a login lasts.</summary>
    public static readonly TimeSpan LoginLife = TimeSpan.FromHours(12);

    private const string Kind = "token";
    private const string Named = "named";
    private const int LongestName = 128;

    public Task<(string Token, DateTimeOffset Expires)> IssueForLoginAsync(string user, Role? external, CancellationToken cancellation, string[]? fleets = null) =>
        IssueAsync(new(user, time.GetUtcNow() + LoginLife, external, null, external is not null, Fleets: fleets), null, cancellation);

    /// <param name="days">From now on: 1 to <see cref="MostDays"/>.</param>
    /// <exception cref="ServiceException">The name is empty or too long, the days are out of range, or there are too many.</exception>
    public async Task<(string Token, ApiToken Issued)> IssueAsync(ApiToken owner, string name, Role role, string[]? fleets, int days, CancellationToken cancellation)
    {
        if (name.Trim().Length is 0 or > LongestName)
            throw new ServiceException(ServiceError.ArgumentInvalid, $"name says what the token is for, in 1 to {LongestName} characters");
        if (days is < 1 or > MostDays)
            throw new ServiceException(ServiceError.ArgumentInvalid, $"days is not a whole number from 1 to {MostDays}");
        if (await store.CountDocumentsAsync(Kind, Named, cancellation) >= MostNamed)
            throw new ServiceException(ServiceError.ThrottlingException, $"there are {MostNamed} tokens already: remove some");
        var issued = new ApiToken(owner.User, time.GetUtcNow().AddDays(days), role, name.Trim(), owner.IsExternal, Fleets: fleets);
        var (token, _) = await IssueAsync(issued, Named, cancellation);
        return (token, issued with { Id = Hash(token) });
    }

    /// <returns>Null for none, or one that has ended.</returns>
    public async Task<ApiToken?> FindAsync(string token, CancellationToken cancellation) =>
        await store.FindDocumentAsync(Kind, Hash(token), cancellation) is { } document && Read(document) is var issued && issued.Expires > time.GetUtcNow() ? issued : null;

    /// <summary>Those with a name, in the order of their ids.</summary>
    /// <param name="after">The last id that is known; empty for none.</param>
    /// <param name="rows">How many are read at once.</param>
    public IAsyncEnumerable<ApiToken> AllAsync(string after, int rows, CancellationToken cancellation) => store.AllDocumentsAsync(Kind, rows, cancellation, after, Named).Select(Read);

    /// <returns>Null when there is none with a name of its own.</returns>
    public async Task<ApiToken?> FindNamedAsync(string id, CancellationToken cancellation) =>
        await store.FindDocumentAsync(Kind, id, cancellation) is { Label: Named } document ? Read(document) : null;

    public Task<bool> RemoveAsync(string id, CancellationToken cancellation) => store.RemoveDocumentAsync(Kind, id, null, cancellation);

    private async Task<(string Token, DateTimeOffset Expires)> IssueAsync(ApiToken issued, string? label, CancellationToken cancellation)
    {
        var token = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        await store.WriteDocumentAsync(new(Kind, Hash(token), "1", JsonSerializer.Serialize(issued)) { Label = label }, null, cancellation);
        return (token, issued.Expires);
    }

    private static ApiToken Read(Document document) => JsonSerializer.Deserialize<ApiToken>(document.Json)! with { Id = document.Id };

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
