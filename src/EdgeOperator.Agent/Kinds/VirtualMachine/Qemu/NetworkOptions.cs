using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>
/// A machine's network as QEMU's arguments. Behind the host there is one card. On a bridge or a tap device of the host there is a
/// second one, a line between host and guest and nothing else: forwards and sshd are reached by it whatever the other network does.
/// </summary>
internal static class NetworkOptions
{
    /// <summary>The guest's address on the line between host and guest; link-local, so that it is nobody's network.</summary>
    public const string LineAddress = "169.254.199.15";

    private const string LineNetwork = "169.254.199.0/24";

    /// <summary>The guest's sshd, as the guest contract has it.</summary>
    private const int Ssh = 22;

    /// <summary>Whether the guest is in a network of QEMU's own, and not in one of the host's.</summary>
    public static bool IsBehindHost(MachineNetwork network) => network.Mode is MachineNetworkMode.User or MachineNetworkMode.Isolated;

    /// <summary>The back end that forwards ports.</summary>
    public static string ForwardingBackEnd(MachineNetwork network) => IsBehindHost(network) ? "net0" : "line0";

    /// <summary>The address of the second card, of the line between host and guest.</summary>
    /// <param name="mac">Of the first card.</param>
    public static string LineMac(string mac) => Text($"{mac[..^2]}{Convert.ToByte(mac[^2..], 16) | 1:x2}");

    /// <summary>A forward as <c>hostfwd</c> has it.</summary>
    public static string Rule(PortForward forward) => Text($"{Listener(forward)}-:{forward.Guest}");

    /// <summary>The host's side of a forward, by which it is removed.</summary>
    public static string Listener(PortForward forward) => Text($"{forward.Protocol}:{forward.Address}:{forward.Host}");

    /// <summary>
    /// The tap device, which QEMU makes when it is not there. Those of bridges are named after the machine's own network card, for
    /// a device's name has 15 characters at most.
    /// </summary>
    public static string TapOf(MachineNetwork network, string mac) => network.Mode == MachineNetworkMode.Tap && network.Interface is { } tap
        ? tap
        : $"eo-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(mac)))[..10]}";

    /// <exception cref="FormatException">See <see cref="UserNetwork.Of"/>.</exception>
    public static ImmutableArray<string> Of(MachineNetwork network, MachineState record)
    {
        var forwards = string.Concat([Text($",hostfwd=tcp:127.0.0.1:{record.SshPort}-:{Ssh}"), .. network.Forwards.Select(f => $",hostfwd={Rule(f)}")]);
        return IsBehindHost(network)
            ?
            [
                "-netdev", $"user,id=net0,ipv6=off{(network.Mode == MachineNetworkMode.Isolated ? ",restrict=on" : "")}{Addresses(network)}{forwards}",
                .. Card("net0", record.Mac),
            ]
            :
            [
                "-netdev", $"tap,id=net0,ifname={QemuCommand.Escape(TapOf(network, record.Mac))},script=no,downscript=no",
                .. Card("net0", record.Mac),
                .. Line(record, forwards),
            ];
    }

    /// <summary>What can be tried while the machine runs: no tap device, and no port of the host.</summary>
    public static ImmutableArray<string> RehearsalOf(MachineNetwork network, MachineState record) =>
        IsBehindHost(network) ? Of(network with { Forwards = [] }, record with { SshPort = 0 }) : Line(record, "");

    private static ImmutableArray<string> Line(MachineState record, string forwards) =>
        ["-netdev", $"user,id=line0,ipv6=off,restrict=on,net={LineNetwork},dhcpstart={LineAddress}{forwards}", .. Card("line0", LineMac(record.Mac))];

    // The guest is offered its address, in its own network.
    private static string Addresses(MachineNetwork network) =>
        UserNetwork.Of(network) is { } own ? $",net={own.Prefix},host={own.Host},dns={own.Dns},dhcpstart={own.Guest}" : "";

    private static ImmutableArray<string> Card(string backEnd, string mac) => ["-device", $"virtio-net-pci,netdev={backEnd},mac={mac},romfile="];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
