using EdgeOperator.Agent.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>Puts a machine's tap device on a bridge of the host. QEMU makes the device, and with QEMU it goes.</summary>
internal static class HostBridge
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public static bool IsThere(string bridge) => Directory.Exists($"/sys/class/net/{bridge}/bridge");

    /// <summary>Has a machine's device be on its bridge, from which it falls when somebody makes the bridge anew.</summary>
    /// <exception cref="IOException">There is no such bridge, or the agent may not do it.</exception>
    public static async Task KeepAsync(MachineState record, TimeProvider time, CancellationToken cancellation)
    {
        if (record.Shape.Network is not { Mode: MachineNetworkMode.Bridge, Interface: { } bridge } network)
            return;
        var tap = NetworkOptions.TapOf(network, record.Mac);
        if (Directory.Exists($"/sys/class/net/{tap}/master"))
            return;
        if (await ActionProcess.RunAsync("ip", ["link", "set", "dev", tap, "master", bridge, "up"], Timeout, time, cancellation) is { } failure)
            throw new IOException($"the machine can't be put on the bridge {bridge} (network.interface): {failure}");
    }
}
