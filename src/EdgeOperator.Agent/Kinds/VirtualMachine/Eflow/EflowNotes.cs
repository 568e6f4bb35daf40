using EdgeOperator.Agent.Kinds.VirtualMachine.Windows;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Eflow;

/// <summary>Which machine EFLOW's is, and what it was made like.</summary>
/// <param name="root">The folder of all machines; a name that begins with a dot is no machine's.</param>
internal sealed class EflowNotes(string root)
{
    private readonly string _folder = Path.Combine(root, ".eflow");

    /// <summary>The machine's name and its note; null when the agent never deployed one.</summary>
    public (string Machine, ManagedMachineState Note)? Current => ManagedMachineState.Read(_folder) is { SystemName: { } name } note ? (name, note) : null;

    /// <exception cref="IOException">The disk is full or failed.</exception>
    public void Write(string machine, ManagedMachineState note) => (note with { SystemName = machine }).Write(Prepared());

    /// <summary>A file for a cmdlet to read.</summary>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public string WriteFile(string name, string content)
    {
        var file = Path.Combine(Prepared(), name);
        AtomicFile.Write(file, System.Text.Encoding.UTF8.GetBytes(content));
        return file;
    }

    private string Prepared()
    {
        PrivateFolder.Create(root);
        PrivateFolder.Create(_folder);
        return _folder;
    }
}
