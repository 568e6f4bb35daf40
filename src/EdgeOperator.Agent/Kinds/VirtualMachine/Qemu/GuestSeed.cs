using System.Runtime.Versioning;
using EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>
/// Gives a newer seed to a guest that runs. QEMU has read the file when the machine was started, so a guest that starts over from
/// inside finds the old one again, and has to be given the newer one once more.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class GuestSeed(SshTunnels bridges)
{
    private const string Command = "/usr/lib/edgeop/seed && cat /proc/sys/kernel/random/boot_id";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <returns>The record, which notes whom the seed was given to.</returns>
    /// <exception cref="SshTunnelException">The guest does not answer.</exception>
    /// <exception cref="IOException">The guest refuses it.</exception>
    public async Task<MachineState> GiveAsync(MachineFolder folder, MachineState record, ReadOnlyMemory<byte> seed, CancellationToken cancellation)
    {
        var answer = await bridges.Of(folder).RunAsync(Command, seed, Timeout, cancellation);
        return answer.ExitCode == 0
            ? record with { SeededBoot = answer.Text.TrimEnd() }
            : throw new IOException($"the guest does not take its seed: {answer.LastLine}");
    }

    /// <summary>Gives a guest that has started over what the one before it had.</summary>
    /// <param name="boot">The guest's boot.</param>
    public async Task RenewAsync(MachineFolder folder, string boot, CancellationToken cancellation)
    {
        if (MachineState.Read(folder) is not { SeededBoot: { } seeded } record || seeded == boot)
            return;
        (await GiveAsync(folder, record, await MachineStart.SeedAsync(folder, record, bridges, cancellation), cancellation)).Write(folder);
    }
}
