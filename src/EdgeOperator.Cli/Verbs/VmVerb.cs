using System.CommandLine;
using EdgeOperator.Cli.Verbs.Machines;

namespace EdgeOperator.Cli.Verbs;

/// <summary>The verbs for virtual machines; nothing by itself.</summary>
internal sealed class VmVerb : Command
{
    public VmVerb()
        : base("vm", "Virtual machines: programs, files and paths between host and guest, the console, and starting and stopping")
    {
        Add(new VmListVerb());
        Add(new VmExecVerb());
        Add(new VmShellVerb());
        Add(new VmPathVerb());
        Add(new VmCpVerb());
        Add(new VmConsoleVerb());
        Add(new VmRestartVerb());
        Add(new VmStopVerb());
        Add(new VmStartVerb());
        Add(new VmSnapshotVerb());
    }
}
