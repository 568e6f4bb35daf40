using System.Collections.Immutable;
using System.Runtime.Versioning;
using EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>Reads the machines' folders, and asks QEMU and the guests.</summary>
[SupportedOSPlatform("linux")]
internal sealed class QemuObserver(
    MachineFolders folders, ImageStore images, QemuMachines machines, StartConditions conditions, ShareServers servers, ProcessSupervisor supervisor, QemuPrograms programs, TimeProvider time)
{
    /// <summary>A guest that had answered and is silent for so long hangs.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);

    /// <summary>A guest that boots hangs when it has neither answered nor shown any progress for so long.</summary>
    private static readonly TimeSpan BootTimeout = TimeSpan.FromMinutes(15);

    /// <summary>All machines that there are or that are desired.</summary>
    public async Task<IReadOnlyList<ObservedVirtualMachine>> ObserveAsync(IReadOnlyCollection<VirtualMachineResource> desired, CancellationToken cancellation)
    {
        var resources = desired.ToDictionary(m => m.Id.Name, StringComparer.Ordinal);
        var names = folders.All.Select(f => f.Name).Union(resources.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var found = await Task.WhenAll(names.Select(name => ObserveAsync(machines[name], resources.GetValueOrDefault(name), cancellation)));
        return WithImages([.. found.OfType<ObservedVirtualMachine>()], resources);
    }

    /// <returns>Null when nothing of a machine that is not desired is left but what its guest keeps.</returns>
    public async Task<ObservedVirtualMachine?> ObserveAsync(QemuMachine machine, VirtualMachineResource? desired, CancellationToken cancellation)
    {
        var observed = new ObservedVirtualMachine { Name = machine.Name, Driver = MachineDriver.Qemu };
        try
        {
            var state = MachineState.Read(machine.Folder);
            observed = observed with
            {
                InteropProblem = desired is null ? null : HostUser.ProblemOf(desired.Machine.Shape.Interop),
                IsAskedToRun = state?.IsAskedToRun ?? false,
                Applied = state?.Shape,
                Drift = state is not null && desired is not null && state.User != desired.Machine.User ? [new($"user {state.User}→{desired.Machine.User}", NeedsRestart: false)] : [],
                SystemDisk = machine.Disks.System,
                DataDisk = machine.Disks.Data,
            };
            if (machine.Process is { } process)
            {
                observed = observed with { StartedAt = state?.StartedAt, Broken = state is null ? null : Problem(machine.Folder, state, process) };
                observed = await ObserveRunningAsync(observed, machine, process, cancellation);
                return await WithObstacleAsync(state is null ? observed : observed with { Drift = [.. observed.Drift, .. Drift(observed, state)] }, machine, desired, cancellation);
            }

            if (desired is null && state is null && observed.SystemDisk == MachineDiskState.Missing)
                return null;
            if (programs.Missing is { } missing)
                return observed with { Unavailable = missing };
            observed = observed.IsAskedToRun ? await ObserveEndedAsync(observed, machine, cancellation) : observed;
            return await WithObstacleAsync(observed, machine, desired, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return observed with { Unavailable = e.Message };
        }
    }

    /// <summary>For a machine that is to run and does not, or not as it is desired: whether it could be started so.</summary>
    private async Task<ObservedVirtualMachine> WithObstacleAsync(
        ObservedVirtualMachine observed, QemuMachine machine, VirtualMachineResource? desired, CancellationToken cancellation)
    {
        if (desired is not { Machine: { Power: MachinePower.Running, Shape: { Image: not null } shape } }
            || (observed.Phase != MachinePhase.Stopped && !VirtualMachineChanges.Of(desired, observed).Any(change => change.NeedsRestart)))
            return observed;
        return await conditions.FindAsync(machine.Folder, shape, cancellation) switch
        {
            { IsForGood: true } obstacle => observed with { Refused = obstacle.Message },
            var obstacle => observed with { StartObstacle = obstacle?.Message },
        };
    }

    private async Task<ObservedVirtualMachine> ObserveRunningAsync(ObservedVirtualMachine observed, QemuMachine machine, ProcessIdentity process, CancellationToken cancellation)
    {
        observed = observed with { WaitedForHost = machine.Wait.Of(process) };
        if (await ObservePausedAsync(observed, machine, cancellation) is { } paused)
            return paused;
        var guest = await machine.Report.ObserveAsync(process, cancellation);

        // One that has rebooted by itself boots as one that was started: what it said before does not count any more.
        var boots = guest.Report is null || (machine.ResetAt is { } reset && time.GetElapsedTime(reset) < guest.Age);
        var silence = guest.Report is null ? time.GetUtcNow() - (observed.StartedAt ?? time.GetUtcNow()) : guest.Age;
        if (boots && machine.Boot.Silence(await DiskOperationsAsync(machine, cancellation)) is { } still && still < silence)
            silence = still;
        var hangs = silence > (boots ? BootTimeout : Timeout);
        return observed with
        {
            Guest = guest.Report,
            Phase = hangs ? MachinePhase.Hung : boots ? MachinePhase.Booting : MachinePhase.Running,
            Detail = hangs ? $"the guest has been silent for {silence.TotalSeconds:0} s"
                : guest.Report is null && StrangeImage.Applies(observed, silence, time.GetUtcNow()) ? StrangeImage.Describe(machine.Folder)
                : null,
        };
    }

    /// <summary>Null when QEMU can't be asked.</summary>
    private static async Task<long?> DiskOperationsAsync(QemuMachine machine, CancellationToken cancellation)
    {
        try
        {
            var monitor = await machine.Monitor.ConnectAsync(cancellation);
            var disks = await monitor.ExecuteAsync("query-blockstats", null, cancellation);
            return disks.EnumerateArray().Select(disk => disk.GetProperty("stats")).Sum(stats => stats.GetProperty("rd_operations").GetInt64() + stats.GetProperty("wr_operations").GetInt64());
        }
        catch (Exception e) when (e is IOException or QmpException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>What a running machine has lost since it was configured.</summary>
    private static IEnumerable<MachineChange> Drift(ObservedVirtualMachine observed, MachineState state)
    {
        if (!HostBridge.IsJoined(state))
            yield return new($"it is not on the bridge {state.Shape.Network.Interface} any more", NeedsRestart: false);
        if (observed is { Phase: MachinePhase.Running, Guest.ClockOffset: var offset } && offset != TimeSpan.Zero)
            yield return new(ClockOffset.Describe(offset), NeedsRestart: false);
        if (observed is { Phase: MachinePhase.Running, Guest: { } guest } && state.SeededBoot is { } seeded && seeded != guest.BootId)
            yield return new("its guest has rebooted and has the configuration that the machine was started with", NeedsRestart: false);
    }

    // QEMU is connected to its emulator and to those who serve folders when it starts, and never again; they end by themselves once QEMU has.
    private string? Problem(MachineFolder folder, MachineState state, ProcessIdentity process)
    {
        var problem = state.Shape.Tpm && supervisor.Find(folder.Tpm) is null
            ? $"its TPM has ended (swtpm: {supervisor.ExitReasonOf(folder.Tpm) ?? "no reason was given"})"
            : servers.ProblemOf(folder, state.Offered);
        return process.IsAlive ? problem : null;
    }

    /// <summary>For a machine that is paused or failed; null when it is neither, or QEMU can't be asked: then its guest's report decides.</summary>
    private static async Task<ObservedVirtualMachine?> ObservePausedAsync(ObservedVirtualMachine observed, QemuMachine machine, CancellationToken cancellation)
    {
        try
        {
            var monitor = await machine.Monitor.ConnectAsync(cancellation);
            var status = (await monitor.ExecuteAsync("query-status", null, cancellation)).GetProperty("status").GetString();
            observed = observed with { Phase = MachinePhase.Paused };
            switch (status)
            {
                case "io-error":
                    var blocks = await monitor.ExecuteAsync("query-block", null, cancellation);
                    return observed with
                    {
                        Detail = IoErrorPause.Describe(blocks, machine.Folder, IoErrorPause.HasSpace(machine.Folder)),
                        SystemDisk = IoErrorPause.IsDamaged(blocks, QemuCommand.SystemNode) ? MachineDiskState.Damaged : observed.SystemDisk,
                    };
                case "paused":
                    return observed with { Detail = "it was halted by somebody" };
                case "guest-panicked":
                    return observed with { Detail = "the guest's kernel panicked" };
                case "internal-error":
                    // Nothing but a new start helps.
                    return observed with { Phase = MachinePhase.Hung, Detail = "QEMU reports an error of its own" };
                default:
                    return null;
            }
        }
        catch (Exception e) when (e is IOException or QmpException)
        {
            return null;
        }
    }

    // It ended on its own account, or could not be started: perhaps because of a disk.
    private static async Task<ObservedVirtualMachine> ObserveEndedAsync(ObservedVirtualMachine observed, QemuMachine machine, CancellationToken cancellation)
    {
        var system = await machine.Disks.CheckSystemAsync(cancellation);
        var data = await machine.Disks.CheckRepairedDataAsync(cancellation);
        var reasons = new[] { machine.ExitReason, system is null ? null : $"the system disk is damaged: {system}", data is null ? null : $"the data disk is damaged: {data}" };
        return observed with
        {
            SystemDisk = system is null ? observed.SystemDisk : MachineDiskState.Damaged,
            DataDisk = data is null ? observed.DataDisk : MachineDiskState.Damaged,
            Detail = string.Join("; ", reasons.OfType<string>()) is { Length: > 0 } detail ? detail : null,
        };
    }

    /// <summary>Each image is listed with the machines that could use it; one that none uses or asks for with all, and so is removed by any.</summary>
    private ImmutableArray<ObservedVirtualMachine> WithImages(ImmutableArray<ObservedVirtualMachine> observed, Dictionary<string, VirtualMachineResource> desired)
    {
        var all = images.All.ToImmutableArray();
        var used = observed.ToDictionary(m => m.Name, m => new[] { m.Applied?.Image?.Sha256, desired.GetValueOrDefault(m.Name)?.Machine.Shape.Image?.Sha256 }.OfType<string>().ToHashSet());
        return [.. observed.Select(m => m with { Images = [.. all.Where(i => used[m.Name].Contains(i) || !used.Values.Any(u => u.Contains(i)))] })];
    }
}
