namespace EdgeOperator.Core.Kinds.VirtualMachine;

/// <summary>A folder of the host that the guest sees.</summary>
/// <param name="Host">An absolute path on the host.</param>
/// <param name="Guest">An absolute path in the guest.</param>
public sealed record SharedFolder(string Host, string Guest, bool ReadOnly)
{
    public override string ToString() => $"{Host} at {Guest}{(ReadOnly ? " (read-only)" : "")}";
}
