using System.Collections.Immutable;
using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;
using EdgeOperator.Agent.Kinds.VirtualMachine.Windows;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Wsl;

/// <summary>Which of WSL's distributions are machines of the agent, and how they are. Nothing here starts one.</summary>
internal sealed class WslObserver(WslProgram program, WslFolders folders, WslHost host)
{
    private static readonly TimeSpan ListTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(15);

    public async Task<IReadOnlyList<ObservedVirtualMachine>> ObserveAsync(IReadOnlyCollection<VirtualMachineResource> desired, CancellationToken cancellation)
    {
        var names = desired.Select(m => m.Id.Name).Union(folders.Machines).Order(StringComparer.Ordinal).ToList();
        if (names.Count == 0)
            return [];
        IReadOnlyList<WslDistribution> distributions;
        try
        {
            distributions = await ListAsync(cancellation);
        }
        catch (Exception e) when (e is IOException or WslException)
        {
            return [.. names.Select(name => Unavailable(name, $"WSL can't be asked: {e.Message}; wsl --install sets it up, for the user whom the agent runs as"))];
        }

        var images = folders.ImageHashes.Order(StringComparer.Ordinal).ToImmutableArray();
        var machines = new List<ObservedVirtualMachine>();
        foreach (var name in names)
        {
            var wanted = desired.FirstOrDefault(m => m.Id.Name == name);
            var found = await ObserveAsync(name, wanted?.Machine, distributions, cancellation);
            machines.Add((wanted is null ? found : Compare(found, wanted.Machine, desired, distributions)) with { Images = images });
        }

        return machines;
    }

    /// <exception cref="IOException">wsl.exe can't be started, or did not end in time.</exception>
    /// <exception cref="WslException">It refused.</exception>
    public async Task<IReadOnlyList<WslDistribution>> ListAsync(CancellationToken cancellation)
    {
        var answer = await program.AskAsync(WslCommands.List, "", ListTimeout, cancellation);
        return answer.ExitCode == 0 ? WslList.Parse(answer.Text)
            : WslList.SaysThereIsNone(answer.Text) ? []
            : throw new WslException($"wsl --list ended with {answer.ExitCode}: {answer.Text.Trim()}");
    }

    public static string DistributionOf(string machine, VirtualMachineSpec? wanted, ManagedMachineState? note) => note?.SystemName ?? wanted?.Wsl?.Distribution ?? machine;

    private async Task<ObservedVirtualMachine> ObserveAsync(string name, VirtualMachineSpec? wanted, IReadOnlyList<WslDistribution> distributions, CancellationToken cancellation)
    {
        var note = folders.Note(name);
        var distribution = DistributionOf(name, wanted, note);
        var found = distributions.FirstOrDefault(d => string.Equals(d.Name, distribution, StringComparison.OrdinalIgnoreCase));
        var machine = new ObservedVirtualMachine { Name = name, Driver = MachineDriver.Wsl, IsAskedToRun = note?.IsAskedToRun ?? false };
        if (found is null)
            return note is { IsAskedToRun: true } ? machine with { Detail = $"the distribution {distribution} is not registered any more" } : machine;
        if (note is null)
            return machine with { Unavailable = $"there is a distribution {distribution} that the agent did not import, and it leaves it alone: give the machine another name by wsl.distribution, or unregister that one" };

        var (guest, mark) = found.IsRunning ? await ReportAsync(found.Name, cancellation) : default;
        if (guest is not null && note.IsComplete && mark != note.Mark)
            return Unavailable(name, WslExecutor.NotOurs(found.Name));
        return machine with
        {
            IsAccessOutdated = wanted is not null && note is { IsAskedToRun: true, IsComplete: true }
                && !GuestAccess.IsWritten(folders.Root, WslAccess.Of(name, wanted, found.Name, program.Given, WslAccess.Drives())),
            Phase = found.State == "Stopped" ? MachinePhase.Stopped : guest is null ? MachinePhase.Booting : MachinePhase.Running,
            Detail = found.State is "Running" or "Stopped" ? null : $"WSL says {found.State}",
            Applied = note.Shape,
            SystemDisk = MachineDiskState.Good,
            DataDisk = MachineDiskState.Good,
            StartedAt = found.IsRunning ? note.StartedAt : null,
            Guest = guest,
        };
    }

    private ObservedVirtualMachine Compare(
        ObservedVirtualMachine found, VirtualMachineSpec wanted, IReadOnlyCollection<VirtualMachineResource> desired, IReadOnlyList<WslDistribution> distributions)
    {
        var note = folders.Note(found.Name);
        VirtualMachineSpec[] all = [.. desired.Select(m => m.Machine)];
        var refusals = WslLimits.Check(wanted).ToList();
        if (found.Applied is null && wanted.Shape.Image is null && !File.Exists(folders.KeptDisk(found.Name)))
            refusals.Add("a machine of WSL is made from an image, a root file system as a tar or a VHDX: add disk.image");
        if (note is not null && wanted.Wsl?.Distribution is { } name && name != note.SystemName)
            refusals.Add($"the machine is the distribution {note.SystemName} and can't be moved to {name}");
        if (found.Applied is not null && wanted.Shape.Image is { } image && note?.Shape.Image?.Sha256 != image.Sha256)
            refusals.Add("WSL keeps a guest's system and data on one disk, so that another image would cost the data: give the new machine another name");

        // Reported before anything is stopped for it.
        if (host.WhyNot(all, distributions) is { } others)
            refusals.Add(others);

        // A difference that the shape shows already is not reported twice.
        var isSame = found.Applied is { } applied && applied.Memory == wanted.Shape.Memory && applied.Cpus == wanted.Shape.Cpus && applied.Network.Mode == wanted.Shape.Network.Mode;
        return found with
        {
            Refused = refusals.Count > 0 ? string.Join("; ", refusals) : null,
            Drift = isSame && note is not null ? [.. host.Drift(all), .. GuestDrift(wanted, note)] : [],
        };
    }

    private static IEnumerable<MachineChange> GuestDrift(VirtualMachineSpec wanted, ManagedMachineState note) => WslEntries.OfGuest(wanted)
        .Where(entry => !entry.Key.StartsWith("interop.", StringComparison.OrdinalIgnoreCase) && !note.Settings.Contains($"{entry.Key}={entry.Value}"))
        .Select(entry => new MachineChange($"wsl.conf {entry.Key}→{entry.Value}", NeedsRestart: true));

    private async Task<(GuestReport? Report, string? Mark)> ReportAsync(string distribution, CancellationToken cancellation)
    {
        const string MarkKey = "mark ";
        try
        {
            var script = $"echo {MarkKey}$(cat {WslGuest.MarkFile} 2>/dev/null)\n{ReportScript.Line(WslGuest.Folder)}\n";
            var text = (await program.AskAsync(WslCommands.Run(distribution, "root", "sh", "-s"), script, AnswerTimeout, cancellation)).Text;
            return (GuestReportText.Parse(text), text.Split('\n').FirstOrDefault(line => line.StartsWith(MarkKey, StringComparison.Ordinal))?[MarkKey.Length..].Trim());
        }
        catch (IOException)
        {
            // It boots, or is silent.
            return default;
        }
    }

    private static ObservedVirtualMachine Unavailable(string name, string why) => new() { Name = name, Driver = MachineDriver.Wsl, Unavailable = why };
}
