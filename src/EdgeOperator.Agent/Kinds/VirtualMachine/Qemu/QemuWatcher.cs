using System.Runtime.Versioning;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>
/// Reports when a machine has ended, its guest's report has changed, or the host has space again for a machine that QEMU has paused for
/// want of it; keeps tunnels open and consoles small. Guests push nothing: those that have just been started are polled all the time, others
/// that boot often, and the rest now and then.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class QemuWatcher(QemuMachines machines, QemuObserver observer, ProcessSupervisor supervisor, TimeProvider time)
{
    private const int OftenTicks = 5;
    private const int CalmTicks = 100;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    /// <summary>Of a machine that takes longer to boot than this, half a second does not matter.</summary>
    private static readonly TimeSpan Young = TimeSpan.FromMinutes(1);

    public Task RunAsync(Action<string> changed, CancellationToken cancellation) =>
        Task.WhenAll(supervisor.WatchAsync(changed, cancellation), PollAsync(changed, cancellation));

    private async Task PollAsync(Action<string> changed, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Tick, time);
        for (var tick = 0; await timer.WaitForNextTickAsync(cancellation); tick++)
        {
            foreach (var machine in machines.Started)
                await PollAsync(machine, tick, changed, cancellation);
        }
    }

    private async Task PollAsync(QemuMachine machine, int tick, Action<string> changed, CancellationToken cancellation)
    {
        if (machine.LastObserved is not { } last || (tick % OftenTicks != 0 && !IsYoung(last)))
            return;
        OutputFile.Bound(machine.Folder.Console);
        await EnsureConnectedAsync(machine, cancellation);
        if (last.Phase == MachinePhase.Running && tick % CalmTicks != 0)
            return;
        var now = await observer.ObserveAsync(machine, desired: null, cancellation);
        if (now is { Phase: MachinePhase.Running, Guest: { } guest })
            await ResendSeedAsync(machine, guest.BootId, cancellation);
        if (machine.LastObserved == last && FingerprintOf(now) != FingerprintOf(last))
            changed($"the machine {machine.Name} has changed");
    }

    private bool IsYoung(ObservedVirtualMachine machine) => machine.Phase == MachinePhase.Booting && time.GetUtcNow() - machine.StartedAt < Young;

    private async Task EnsureConnectedAsync(QemuMachine machine, CancellationToken cancellation)
    {
        try
        {
            if (machine.Process is null || MachineState.Read(machine.Folder) is not { } state)
                return;
            await machine.Tunnel.OpenAsync(state.ToTunnelTarget(), cancellation);
            await HostBridge.KeepAsync(state, time, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The guest stays silent, and that is observed.
        }
    }

    private static async Task ResendSeedAsync(QemuMachine machine, string boot, CancellationToken cancellation)
    {
        try
        {
            await machine.Seed.ResendAsync(boot, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next poll tries again.
        }
    }

    /// <summary>All that a pass could act on or report, in one line.</summary>
    private static string FingerprintOf(ObservedVirtualMachine? machine) =>
        $"{machine?.Phase} {(machine?.Phase == MachinePhase.Paused ? machine.Detail : null)} {machine?.Broken} {machine?.Guest?.BootId} {machine?.Guest?.Engine} {machine?.Guest?.Provisioned} {machine?.Guest?.Problem} {string.Join(' ', machine?.Guest?.Addresses ?? [])}";
}
