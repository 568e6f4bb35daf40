using System.Runtime.Versioning;
using EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>
/// One machine's seed, which configures its guest. QEMU has read the file when the machine was started, so a guest that is rebooted from
/// inside finds the old seed again: a newer one is sent to it over the tunnel, and again after each reboot.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class GuestSeed(MachineFolder folder, SshTunnel tunnel)
{
    private const string Command = "/usr/lib/edgeop/seed && cat /proc/sys/kernel/random/boot_id";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>The seed's content for a machine of this state.</summary>
    /// <exception cref="IOException">Keys can't be created or read.</exception>
    public async Task<byte[]> ContentAsync(MachineState state, CancellationToken cancellation) =>
        SeedWriter.Write(folder.Name, state, await tunnel.SeedAsync(state.Shape.Interop, cancellation));

    /// <returns>The state, which names the guest's boot that has this seed.</returns>
    /// <exception cref="SshTunnelException">The guest does not answer.</exception>
    /// <exception cref="IOException">The guest refuses it.</exception>
    public async Task<MachineState> SendAsync(MachineState state, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var answer = await tunnel.RunAsync(Command, content, Timeout, cancellation);
        return answer.ExitCode == 0
            ? state with { SeededBoot = answer.Text.TrimEnd() }
            : throw new IOException($"the guest does not take its seed: {answer.LastLine}");
    }
}
