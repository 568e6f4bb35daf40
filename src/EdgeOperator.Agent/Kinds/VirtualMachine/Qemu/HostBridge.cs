using EdgeOperator.Agent.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>Puts a machine's tap device on a bridge of the host. QEMU makes the device, and with QEMU it goes.</summary>
internal static class HostBridge
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public static bool IsThere(string bridge) => Directory.Exists($"/sys/class/net/{bridge}/bridge");

    /// <summary>Whether a running machine's device is on its bridge, which it leaves when somebody creates the bridge anew. True for a machine that has none.</summary>
    public static bool IsJoined(MachineState state) => state.Shape.Network is not { Mode: MachineNetworkMode.Bridge, Interface: not null } network
        || Directory.Exists($"/sys/class/net/{NetworkOptions.TapOf(network, state.Mac)}/master");

    /// <summary>Puts a machine's device on its bridge; does nothing when it is there.</summary>
    /// <exception cref="IOException">There is no such bridge, or the agent may not do it.</exception>
    public static async Task JoinAsync(MachineState state, TimeProvider time, CancellationToken cancellation)
    {
        if (IsJoined(state) || state.Shape.Network is not { Interface: { } bridge } network)
            return;
        var tap = NetworkOptions.TapOf(network, state.Mac);
        if (await ActionProcess.RunAsync("ip", ["link", "set", "dev", tap, "master", bridge, "up"], Timeout, time, cancellation) is { } failure)
            throw new IOException($"the machine can't be put on the bridge {bridge} (network.interface): {failure}");
    }
}
