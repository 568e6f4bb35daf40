using System.Collections.Immutable;
using System.Runtime.Versioning;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>Reads what lies in the machines' folders, and asks QEMU and the guests.</summary>
[SupportedOSPlatform("linux")]
internal sealed class QemuObserver(
    MachineFolders folders, ImageStore images, MachineDisks disks, QmpClients monitors, MachineEvents events, GuestReports guests, ProcessSupervisor supervisor, QemuPrograms programs, TimeProvider time)
{
    /// <summary>A guest that had answered and is silent for so long hangs.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);

    /// <summary>A guest that has never answered hangs after so long: a large data disk may have had to be checked.</summary>
    private static readonly TimeSpan BootTimeout = TimeSpan.FromMinutes(15);

    public async Task<IReadOnlyList<ObservedVirtualMachine>> ObserveAsync(IReadOnlyCollection<VirtualMachineResource> desired, CancellationToken cancellation)
    {
        var wanted = desired.ToDictionary(m => m.Id.Name, StringComparer.Ordinal);
        var names = folders.All.Select(f => f.Name).Union(wanted.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var machines = await Task.WhenAll(names.Select(name => ObserveAsync(folders[name], wanted.GetValueOrDefault(name), cancellation)));
        return WithImages([.. machines.OfType<ObservedVirtualMachine>()], wanted);
    }

    /// <returns>Null when nothing of a machine that is not desired is left but what its guest keeps.</returns>
    public async Task<ObservedVirtualMachine?> ObserveAsync(MachineFolder folder, VirtualMachineResource? desired, CancellationToken cancellation)
    {
        var machine = new ObservedVirtualMachine { Name = folder.Name, Driver = MachineDriver.Qemu };
        try
        {
            var record = MachineState.Read(folder);
            machine = machine with
            {
                IsAskedToRun = record?.IsAskedToRun ?? false,
                Applied = record?.Shape,
                Drift = record is not null && desired is not null && record.User != desired.Machine.User ? [new($"user {record.User}→{desired.Machine.User}", NeedsRestart: false)] : [],
                SystemDisk = MachineDisks.StateOf(folder.SystemDisk),
                DataDisk = MachineDisks.StateOf(folder.DataDisk),
            };
            if (supervisor.Find(folder.Path) is { } process)
                return await AskAsync(machine with { StartedAt = record?.StartedAt, Broken = record?.Shape.Tpm == true ? Tpm(folder, process) : null }, folder, process, cancellation);
            if (desired is null && record is null && machine.SystemDisk == MachineDiskState.Missing)
                return null;
            if (programs.Missing is { } missing)
                return machine with { Unavailable = missing };
            return machine.IsAskedToRun ? await ExamineAsync(machine, folder, cancellation) : machine;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return machine with { Unavailable = e.Message };
        }
    }

    private async Task<ObservedVirtualMachine> AskAsync(ObservedVirtualMachine machine, MachineFolder folder, ProcessIdentity process, CancellationToken cancellation)
    {
        if (await HaltAsync(machine, folder, cancellation) is { } halted)
            return halted;
        var guest = await guests.OfAsync(folder, process, cancellation);
        var silence = guest.Report is null ? time.GetUtcNow() - (machine.StartedAt ?? time.GetUtcNow()) : guest.Silent;
        var hangs = silence > (guest.Report is null ? BootTimeout : Timeout);
        return machine with
        {
            Guest = guest.Report,
            Phase = hangs ? MachinePhase.Hung : guest.Report is null ? MachinePhase.Booting : MachinePhase.Running,
            Detail = hangs ? $"the guest has been silent for {silence.TotalSeconds:0} s" : null,
        };
    }

    // QEMU hands its emulator a socket when it starts, and never again; the emulator ends by itself once QEMU has.
    private string? Tpm(MachineFolder folder, ProcessIdentity process) => supervisor.Find(folder.Tpm) is null && process.IsAlive
        ? $"its TPM has ended (swtpm: {supervisor.ExitReasonOf(folder.Tpm) ?? "no reason was given"})"
        : null;

    /// <summary>A machine that is halted; null when it is not, or nobody can tell: then its guest has the word.</summary>
    private async Task<ObservedVirtualMachine?> HaltAsync(ObservedVirtualMachine machine, MachineFolder folder, CancellationToken cancellation)
    {
        try
        {
            var monitor = await monitors.OfAsync(folder, cancellation);
            var status = (await monitor.ExecuteAsync("query-status", null, cancellation)).GetProperty("status").GetString();
            machine = machine with { Phase = MachinePhase.Paused };
            switch (status)
            {
                case "io-error":
                    var blocks = await monitor.ExecuteAsync("query-block", null, cancellation);
                    return machine with
                    {
                        Detail = IoErrorPause.Describe(blocks, folder),
                        SystemDisk = IoErrorPause.IsDamaged(blocks, QemuCommand.SystemNode) ? MachineDiskState.Damaged : machine.SystemDisk,
                    };
                case "paused":
                    return machine with { Detail = "it was halted by somebody" };
                case "guest-panicked":
                    return machine with { Detail = "the guest's kernel panicked" };
                case "internal-error":
                    // Nothing but a new start helps.
                    return machine with { Phase = MachinePhase.Hung, Detail = "QEMU reports an error of its own" };
                default:
                    return null;
            }
        }
        catch (Exception e) when (e is IOException or QmpException)
        {
            return null;
        }
    }

    // It ended unasked, or could not be started: perhaps because of a disk.
    private async Task<ObservedVirtualMachine> ExamineAsync(ObservedVirtualMachine machine, MachineFolder folder, CancellationToken cancellation)
    {
        var system = await disks.CheckAsync(folder.SystemDisk, cancellation);
        var data = await disks.LossAsync(folder.DataDisk, cancellation);
        var words = new[]
        {
            events.LastWords(folder.Name), supervisor.ExitReasonOf(folder.Path),
            system is null ? null : $"the system disk is damaged: {system}", data is null ? null : $"the data disk is damaged: {data}",
        };
        return machine with
        {
            SystemDisk = system is null ? machine.SystemDisk : MachineDiskState.Damaged,
            DataDisk = data is null ? machine.DataDisk : MachineDiskState.Damaged,
            Detail = string.Join("; ", words.OfType<string>()) is { Length: > 0 } detail ? detail : null,
        };
    }

    /// <summary>Each image is shown to those that could use it; one that nobody is made from or asks for to all, and so is removed by any.</summary>
    private ImmutableArray<ObservedVirtualMachine> WithImages(ImmutableArray<ObservedVirtualMachine> machines, Dictionary<string, VirtualMachineResource> desired)
    {
        var all = images.All.ToImmutableArray();
        var used = machines.ToDictionary(m => m.Name, m => new[] { m.Applied?.Image?.Sha256, desired.GetValueOrDefault(m.Name)?.Machine.Shape.Image?.Sha256 }.OfType<string>().ToHashSet());
        return [.. machines.Select(m => m with { Images = [.. all.Where(i => used[m.Name].Contains(i) || !used.Values.Any(u => u.Contains(i)))] })];
    }
}
