using EdgeOperator.Hub.Service;
using Microsoft.AspNetCore.Identity;

namespace EdgeOperator.Hub.Security;

/// <summary>
/// Hashes passwords. One hash takes a core for about a tenth of a second, and whoever reaches the login may ask for it: only half
/// of the cores do it at once, and what more than a few wait for is refused.
/// </summary>
internal sealed class PasswordHashing : IDisposable
{
    private const int MostWaiting = 32;

    // The hasher's salt does not depend on the user.
    private const string AnyUser = "";

    private static readonly PasswordHasher<string> Hasher = new();

    private readonly Lazy<string> _otherHash = new(() => Hash(Guid.NewGuid().ToString()));
    private readonly SemaphoreSlim _cores = new(Math.Max(1, Environment.ProcessorCount / 2));
    private int _waiting;

    public void Dispose() => _cores.Dispose();

    /// <summary>Hashes on the caller's account, as the hub's own start does.</summary>
    public static string Hash(string password) => Hasher.HashPassword(AnyUser, password);

    /// <exception cref="ServiceException">Too many wait.</exception>
    public Task<string> HashAsync(string password, CancellationToken cancellation) => RunAsync(() => Hash(password), cancellation);

    /// <param name="hash">Null for a user that does not exist, whose password takes as long to be found wrong.</param>
    /// <exception cref="ServiceException">Too many wait.</exception>
    public async Task<bool> IsRightAsync(string? hash, string password, CancellationToken cancellation) =>
        await RunAsync(() => Hasher.VerifyHashedPassword(AnyUser, hash ?? _otherHash.Value, password), cancellation) != PasswordVerificationResult.Failed && hash is not null;

    private async Task<T> RunAsync<T>(Func<T> hash, CancellationToken cancellation)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > MostWaiting)
                throw new ServiceException(ServiceError.ThrottlingException, "too many log in at once: try again later");
            await _cores.WaitAsync(cancellation);
            try
            {
                return await Task.Run(hash, cancellation);
            }
            finally
            {
                _cores.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
