using System.Globalization;
using System.Net;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>The network behind the host, when the guest has an address of its own in it (IPv4).</summary>
/// <param name="Prefix">As <c>A/P</c>.</param>
/// <param name="Host">The host's address there.</param>
/// <param name="Dns">Where QEMU passes questions on to the host's name servers.</param>
internal sealed record UserNetwork(string Prefix, string Guest, string Host, string Dns)
{
    /// <summary>QEMU's own, and what its DHCP server gives to the only guest.</summary>
    public static UserNetwork Usual { get; } = new("10.0.2.0/24", "10.0.2.15", "10.0.2.2", "10.0.2.3");

    /// <summary>The guest's address with the length of its network's prefix.</summary>
    public string Address => Guest + Prefix[Prefix.IndexOf('/', StringComparison.Ordinal)..];

    /// <summary>Null when the guest has no address of its own: then it is <see cref="Usual"/>.</summary>
    /// <exception cref="FormatException">The address or the gateway is none, or its network has no room for guest, host and name server.</exception>
    public static UserNetwork? Of(MachineNetwork network)
    {
        if (network.Address is not { } text)
            return null;
        if (text.Split('/') is not [var address, var prefix] || !IPAddress.TryParse(address, out var guest) || guest.GetAddressBytes() is not { Length: 4 } bytes
            || !int.TryParse(prefix, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length is < 8 or > 29)
            throw new FormatException($"{text} can't be an address behind the host: it takes an IPv4 address with a prefix length from 8 to 29");

        var start = Number(bytes) & (uint.MaxValue << (32 - length));
        var others = Enumerable.Range(1, 4).Select(i => At(start + (uint)i)).Where(a => a != address && a != network.Gateway).ToList();
        return new($"{At(start)}/{prefix}", address, network.Gateway ?? others[0], others[^1]);
    }

    private static uint Number(byte[] bytes) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes);

    private static string At(uint number)
    {
        var bytes = new byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes).ToString();
    }
}
