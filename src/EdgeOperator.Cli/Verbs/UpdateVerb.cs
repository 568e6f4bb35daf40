using System.CommandLine;
using EdgeOperator.Cli.Verbs.Updates;

namespace EdgeOperator.Cli.Verbs;

/// <summary>The verbs for the device's own software; nothing by itself.</summary>
internal sealed class UpdateVerb : Command
{
    public UpdateVerb()
        : base("update", "See and hurry the updates of the device's own software")
    {
        Add(new UpdateStatusVerb());
        Add(new UpdateNowVerb());
        Add(new UpdateWorkVerb());
    }
}
