using EdgeOperator.Agent.Drivers.Files;

namespace EdgeOperator.Agent.Drivers.Machines.Qemu;

/// <summary>Puts a machine's tap device on a bridge of the host. QEMU makes the device, and with QEMU it goes.</summary>
internal static class HostBridge
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <exception cref="IOException">There is no such bridge, or the agent may not do it.</exception>
    public static async Task AttachAsync(string tap, string bridge, TimeProvider time, CancellationToken cancellation)
    {
        if (await ActionProcess.RunAsync("ip", ["link", "set", "dev", tap, "master", bridge, "up"], Limit, time, cancellation) is { } failure)
            throw new IOException($"the machine can't be put on the bridge {bridge} (network.interface): {failure}");
    }
}
