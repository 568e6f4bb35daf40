using System.Buffers.Text;
using System.Globalization;
using System.Text;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Remote;

/// <summary>
/// What a replica shows to another one: that it has the key file that they share, and which device it has let in for which channel.
/// <c>Replica </c>, and encrypted with authentication, in base64url: a fixed word, the channel, the time of its end, the device, a line each.
/// </summary>
internal sealed class RelayProof(SecretBox secrets, TimeProvider time)
{
    private const string Scheme = "Replica ";
    private const string Purpose = "channel";

    /// <summary>Clocks of replicas agree within seconds.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    public string Create(string channel, IdentityKey device)
    {
        var end = time.GetUtcNow() + Life;
        return Scheme + Base64Url.EncodeToString(secrets.Encrypt(Encoding.UTF8.GetBytes($"{Purpose}\n{channel}\n{end.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}\n{device.DeviceId}")));
    }

    /// <returns>The device; null when it proves nothing for this channel.</returns>
    public IdentityKey? Read(string authorization, string channel)
    {
        if (!authorization.StartsWith(Scheme, StringComparison.Ordinal))
            return null;
        try
        {
            var lines = Encoding.UTF8.GetString(secrets.Decrypt(Base64Url.DecodeFromChars(authorization.AsSpan(Scheme.Length)))).Split('\n', 4);
            return lines is [Purpose, var named, var end, var device] && named == channel && long.Parse(end, CultureInfo.InvariantCulture) > time.GetUtcNow().ToUnixTimeSeconds()
                ? new(device)
                : null;
        }
        catch (Exception e) when (e is FormatException or InvalidDataException)
        {
            return null;
        }
    }
}
