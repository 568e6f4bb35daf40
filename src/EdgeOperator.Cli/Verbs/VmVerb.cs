using System.CommandLine;
using EdgeOperator.Cli.Verbs.Machines;

namespace EdgeOperator.Cli.Verbs;

/// <summary>The verbs for virtual machines; nothing by itself.</summary>
internal sealed class VmVerb : Command
{
    public VmVerb()
        : base("vm", "Virtual machines: programs, shells and paths between host and guest, and a restart")
    {
        Add(new VmListVerb());
        Add(new VmExecVerb());
        Add(new VmShellVerb());
        Add(new VmPathVerb());
        Add(new VmRestartVerb());
    }
}
