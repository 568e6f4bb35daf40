using System.CommandLine;
using EdgeOperator.Cli.Verbs.Machines;

namespace EdgeOperator.Cli.Verbs;

/// <summary>The verbs that cross the border to a virtual machine; nothing by itself.</summary>
internal sealed class VmVerb : Command
{
    public VmVerb()
        : base("vm", "Run commands in this device's virtual machines, and translate paths")
    {
        Add(new VmExecVerb());
        Add(new VmShellVerb());
        Add(new VmPathVerb());
    }
}
