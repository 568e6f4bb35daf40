using System.Runtime.Versioning;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Platform.Processes;
using EdgeOperator.Platform.Timing;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>
/// Reports when a machine has ended, its guest's report has changed, or the host has space again for a machine that QEMU has paused for
/// want of it. Guests push nothing: those that have just been started are polled all the time, others that boot often, and the rest now
/// and then.
/// </summary>
/// <remarks>
/// It keeps tunnels open and consoles small as well. Neither is a step of a plan: a tunnel is how a guest is observed, so that it must be
/// there before a plan can be made, and nothing on the device is another with it. Its opening and loss are logged; whatever changes a
/// machine (its bridge, its guest's configuration) is observed as drift and is a step.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed partial class QemuWatcher(QemuMachines machines, QemuObserver observer, ProcessSupervisor supervisor, TimeProvider time, ILogger logger)
{
    private const int OftenTicks = 5;
    private const int CalmTicks = 100;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    /// <summary>Of a machine that takes longer to boot than this, half a second does not matter.</summary>
    private static readonly TimeSpan Young = TimeSpan.FromMinutes(1);

    private readonly PollTimer _timer = new(Tick, time);

    /// <summary>A pass has seen machines, or none.</summary>
    public void Follow() => _timer.Wake();

    public Task RunAsync(Action<string> changed, CancellationToken cancellation) =>
        Task.WhenAll(supervisor.WatchAsync(changed, cancellation), PollAsync(changed, cancellation));

    private async Task PollAsync(Action<string> changed, CancellationToken cancellation)
    {
        for (var tick = 0; ; tick++)
        {
            await _timer.NextAsync(() => machines.Started.Any(), cancellation);
            foreach (var machine in machines.Started)
                await PollAsync(machine, tick, changed, cancellation);
        }
    }

    private async Task PollAsync(QemuMachine machine, int tick, Action<string> changed, CancellationToken cancellation)
    {
        if (machine.Last is not { Observed: var observed } last || (tick % OftenTicks != 0 && !IsYoung(observed)))
            return;
        OutputFile.Bound(machine.Folder.Console);
        await EnsureConnectedAsync(machine, cancellation);
        if (observed.Phase == MachinePhase.Running && tick % CalmTicks != 0)
            return;
        var now = await observer.ObserveAsync(machine, last.Desired, cancellation);
        if (machine.Last == last && FingerprintOf(now) != FingerprintOf(observed))
            changed($"the machine {machine.Name} has changed");
    }

    private bool IsYoung(ObservedVirtualMachine machine) => machine.Phase == MachinePhase.Booting && time.GetUtcNow() - machine.StartedAt < Young;

    private async Task EnsureConnectedAsync(QemuMachine machine, CancellationToken cancellation)
    {
        try
        {
            if (machine.Process is null || MachineState.Read(machine.Folder) is not { } state)
                return;
            var isOpen = await machine.Tunnel.OpenAsync(state.ToTunnelTarget(), cancellation);
            if (isOpen != machine.WasReachable)
                LogTunnel(machine.Name, isOpen ? "is open" : "was lost", isOpen ? "" : machine.Tunnel.ExitReason ?? "");
            machine.WasReachable = isOpen;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The guest stays silent, and that is observed.
        }
    }

    /// <summary>All that a pass could act on or report, in one line.</summary>
    private static string FingerprintOf(ObservedVirtualMachine? machine) =>
        $"{machine?.Phase} {(machine?.Phase is MachinePhase.Paused or MachinePhase.Booting ? machine.Detail : null)} {machine?.Broken} {machine?.StartObstacle} {machine?.InteropProblem} {machine?.Guest?.BootId} {machine?.Guest?.Engine} {machine?.Guest?.Provisioned} {machine?.Guest?.Problem} {machine?.Guest?.DiskFull is not null} {string.Join(' ', machine?.Guest?.Addresses ?? [])} {string.Join(' ', (machine?.Drift ?? []).Select(change => change.What))}";
}
