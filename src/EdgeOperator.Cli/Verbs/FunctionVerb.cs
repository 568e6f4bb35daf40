using System.CommandLine;
using EdgeOperator.Cli.Verbs.Functions;

namespace EdgeOperator.Cli.Verbs;

/// <summary>The verbs for function apps; nothing by itself.</summary>
internal sealed class FunctionVerb : Command
{
    public FunctionVerb()
        : base("function", "List, call, publish and look into the functions of this device's apps")
    {
        Add(new FunctionListVerb());
        Add(new FunctionCallVerb());
        Add(new FunctionLogsVerb());
        Add(new FunctionKeysVerb());
        Add(new FunctionPublishVerb());
        Add(new FunctionPublishSettingsVerb());
        Add(new FunctionDeploymentsVerb());
        Add(new FunctionRollbackVerb());
    }
}
