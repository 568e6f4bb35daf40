using System.CommandLine;
using EdgeOperator.Cli.Verbs.Machines;

namespace EdgeOperator.Cli.Verbs;

/// <summary>The verbs for virtual machines; nothing by itself.</summary>
internal sealed class VmVerb : Command
{
    public VmVerb()
        : base("vm", "Programs, shells and paths between the host and a virtual machine's guest")
    {
        Add(new VmExecVerb());
        Add(new VmShellVerb());
        Add(new VmPathVerb());
    }
}
