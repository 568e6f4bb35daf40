using System.Security.Cryptography;
using System.Text;

namespace EdgeOperator.Platform.Publishing;

/// <summary>Who may publish to an app. The password is 256 random bits, so that its plain SHA-256 is as good as a slow hash.</summary>
/// <param name="PasswordHash">SHA-256 in lower-case hex; the password itself is kept nowhere.</param>
public sealed record PublishCredentials(string PasswordHash, DateTimeOffset CreatedAt)
{
    private const int PasswordBytes = 32;

    /// <returns>The credentials, and their password.</returns>
    public static (PublishCredentials Credentials, string Password) Create(DateTimeOffset now)
    {
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(PasswordBytes));
        return (new(Hash(password), now), password);
    }

    public bool Fit(string password) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash(password)), Encoding.ASCII.GetBytes(PasswordHash));

    private static string Hash(string password) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(password)));
}
