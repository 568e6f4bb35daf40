using System.Security.Cryptography;
using EdgeOperator.Hub.Replicas;

namespace EdgeOperator.Hub.Remote;

/// <summary>A channel's name: the replica that waits for it, and 16 random bytes, in hexadecimal.</summary>
internal static class ChannelId
{
    private const int RandomBytes = 16;

    public static string New(Replica replica) => replica.Id + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <returns>Null for what is no name of a channel.</returns>
    public static string? ReplicaOf(string id) =>
        id.Length == Replica.IdLength + (2 * RandomBytes) && id.All(char.IsAsciiHexDigitLower) ? id[..Replica.IdLength] : null;
}

/// <summary>Why a device's connection can't be passed on to the replica that waits for it.</summary>
internal sealed record ChannelRefusal(string Channel, string Reason);
