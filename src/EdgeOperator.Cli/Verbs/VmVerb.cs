using System.CommandLine;
using EdgeOperator.Cli.Verbs.Machines;

namespace EdgeOperator.Cli.Verbs;

/// <summary>The verbs for virtual machines; nothing by itself.</summary>
internal sealed class VmVerb : Command
{
    public VmVerb()
        : base("vm", "Cross the border to a virtual machine's guest: programs, shells, paths")
    {
        Add(new VmExecVerb());
        Add(new VmShellVerb());
        Add(new VmPathVerb());
    }
}
