using System.Runtime.Versioning;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>
/// Says when a machine has ended or its guest has something new to say, keeps the bridges up and the consoles small, and has a
/// machine go on that was halted for want of room. Guests push nothing: those that have just been started are asked all the time, others on
/// their way often, and the rest now and then.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class QemuWatcher(MachineFolders folders, QemuObserver observer, QmpClients monitors, MachineEvents events, SshTunnels bridges, GuestSeed seeds, ProcessSupervisor supervisor, TimeProvider time)
{
    private const int OftenTicks = 5;
    private const int CalmTicks = 100;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    /// <summary>What has been started and takes longer than this is not missed for half a second.</summary>
    private static readonly TimeSpan Young = TimeSpan.FromMinutes(1);

    private volatile IReadOnlyDictionary<string, ObservedVirtualMachine> _seen = new Dictionary<string, ObservedVirtualMachine>();

    /// <summary>What the last pass knows; only what is different is news.</summary>
    public void Seen(IReadOnlyList<ObservedVirtualMachine> machines) => _seen = machines.ToDictionary(m => m.Name, StringComparer.Ordinal);

    public async Task RunAsync(Action<string> changed, CancellationToken cancellation)
    {
        events.Tell(changed, connected: machine => bridges.Of(folders[machine]).Expect());
        await Task.WhenAll(supervisor.WatchAsync(changed, cancellation), LookAsync(changed, cancellation));
    }

    private async Task LookAsync(Action<string> changed, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Tick, time);
        for (var tick = 0; await timer.WaitForNextTickAsync(cancellation); tick++)
        {
            foreach (var seen in _seen.Values.Where(m => m.Phase != MachinePhase.Stopped))
            {
                if (tick % OftenTicks != 0 && !IsYoung(seen))
                    continue;
                OutputFile.Bound(folders[seen.Name].Console);
                await KeepUpAsync(folders[seen.Name], cancellation);
                if (seen.Phase == MachinePhase.Running && tick % CalmTicks != 0)
                    continue;
                var now = await observer.ObserveAsync(folders[seen.Name], desired: null, cancellation);
                if (now is { Phase: MachinePhase.Running, Guest: { } guest })
                    await RenewAsync(folders[seen.Name], guest.BootId, cancellation);
                if (now?.Phase == MachinePhase.Paused)
                    await ContinueAsync(folders[seen.Name], cancellation);
                if (_seen.GetValueOrDefault(seen.Name) == seen && FingerprintOf(now) != FingerprintOf(seen))
                    changed($"the machine {seen.Name} has news");
            }
        }
    }

    private bool IsYoung(ObservedVirtualMachine machine) => machine.Phase == MachinePhase.Booting && time.GetUtcNow() - machine.StartedAt < Young;

    private async Task KeepUpAsync(MachineFolder folder, CancellationToken cancellation)
    {
        try
        {
            if (supervisor.Find(folder.Path) is null || MachineState.Read(folder) is not { } record)
                return;
            await bridges.Of(folder).OpenAsync(SshTunnels.TargetOf(record), cancellation);
            await HostBridge.KeepAsync(record, time, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The guest stays silent, and that is seen.
        }
    }

    private async Task RenewAsync(MachineFolder folder, string boot, CancellationToken cancellation)
    {
        try
        {
            await seeds.RenewAsync(folder, boot, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next look tries again.
        }
    }

    private async Task ContinueAsync(MachineFolder folder, CancellationToken cancellation)
    {
        try
        {
            var monitor = await monitors.OfAsync(folder, cancellation);
            if (IoErrorPause.HasRoom(folder) && IoErrorPause.IsForRoom(await monitor.ExecuteAsync("query-block", null, cancellation)))
                await monitor.ExecuteAsync("cont", null, cancellation);
        }
        catch (Exception e) when (e is IOException or QmpException)
        {
            // It stays halted until the next look.
        }
    }

    /// <summary>What a pass could do or say something about, in a line.</summary>
    private static string FingerprintOf(ObservedVirtualMachine? machine) =>
        $"{machine?.Phase} {machine?.Broken} {machine?.Guest?.BootId} {machine?.Guest?.Engine} {machine?.Guest?.Provisioned} {machine?.Guest?.Problem} {string.Join(' ', machine?.Guest?.Addresses ?? [])}";
}
