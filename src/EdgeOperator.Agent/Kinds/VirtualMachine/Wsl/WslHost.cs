using System.Text;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Wsl;

/// <summary>The settings that all distributions of the host's user share.</summary>
/// <param name="file"><c>.wslconfig</c> in the profile of the user whom the agent runs as, for WSL belongs to a user.</param>
internal sealed class WslHost(string file, WslFolders folders)
{
    /// <summary>What differs from what the machines need.</summary>
    public IEnumerable<MachineChange> Drift(IReadOnlyCollection<VirtualMachineSpec> machines)
    {
        var text = Read();
        return WslEntries.OfHost(machines)
            .Select(entry => (entry.Key, Wanted: entry.Value, Found: WslConfigText.Find(text, entry.Key)))
            .Where(entry => entry.Found != entry.Wanted)
            .Select(entry => new MachineChange($".wslconfig {entry.Key} {entry.Found ?? "none"}→{entry.Wanted}", NeedsRestart: true));
    }

    /// <summary>The file as the machines need it; null when it is so already. Entries that only the agent had there are taken back.</summary>
    public string? Merged(IReadOnlyCollection<VirtualMachineSpec> machines)
    {
        var (text, wanted) = (Read(), WslEntries.OfHost(machines));
        var given = wanted.Select(entry => new KeyValuePair<string, string?>(entry.Key, entry.Value));
        var obsolete = folders.Entries.Where(entry => !wanted.ContainsKey(entry)).Select(entry => new KeyValuePair<string, string?>(entry, null));
        return WslConfigText.Merge(text, given.Concat(obsolete)) is var merged && merged != text ? merged : null;
    }

    /// <summary>Why the file can't become so now: whoever else uses WSL must not lose a running distribution to it. Null when it can, or is so already.</summary>
    public string? WhyNot(IReadOnlyCollection<VirtualMachineSpec> machines, IReadOnlyList<WslDistribution> distributions)
    {
        var own = folders.Machines.Select(machine => folders.Note(machine)?.SystemName).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var others = distributions.Where(d => d.IsRunning && !own.Contains(d.Name)).Select(d => d.Name).ToList();
        return others.Count == 0 || Merged(machines) is null ? null
            : $".wslconfig must change, which takes effect after wsl --shutdown, and that would end {string.Join(", ", others)}: terminate them when it suits you";
    }

    /// <exception cref="IOException">The disk is full or failed.</exception>
    public void Write(string text, IReadOnlyCollection<VirtualMachineSpec> machines)
    {
        // What somebody had there before stays theirs, though its value is the agent's now.
        var before = Read();
        var own = folders.Entries;
        folders.Entries = [.. WslEntries.OfHost(machines).Keys.Where(entry => own.Contains(entry, StringComparer.OrdinalIgnoreCase) || WslConfigText.Find(before, entry) is null)];
        AtomicFile.Write(file, Encoding.UTF8.GetBytes(text), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    private string Read() => File.Exists(file) ? File.ReadAllText(file) : "";
}
