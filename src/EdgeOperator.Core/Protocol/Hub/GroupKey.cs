using System.Security.Cryptography;
using System.Text;

namespace EdgeOperator.Core.Protocol.Hub;

/// <summary>
/// Keys of an enrollment group: each device has one that is derived from the group's. Source:
/// https://learn.microsoft.com/azure/iot-dps/concepts-symmetric-key-attestation
/// </summary>
public static class GroupKey
{
    public static byte[] Derive(ReadOnlySpan<byte> groupKey, string registrationId) => HMACSHA256.HashData(groupKey, Encoding.UTF8.GetBytes(registrationId));
}
