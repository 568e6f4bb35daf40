using System.CommandLine;

namespace EdgeOperator.Cli.Verbs.Machines;

/// <summary>The verbs for snapshots; nothing by itself.</summary>
internal sealed class VmSnapshotVerb : Command
{
    public VmSnapshotVerb()
        : base("snapshot", "States of a machine's disks that can be gone back to")
    {
        Add(new SnapshotListVerb());
        Add(SnapshotVerb.Create());
        Add(SnapshotVerb.Restore());
        Add(SnapshotVerb.Delete());
    }
}
