using System.CommandLine;
using EdgeOperator.Cli.Completion;

namespace EdgeOperator.Cli.Hub.Fleets;

/// <summary>A fleet of a hub on the command line.</summary>
internal sealed class HubFleet : Argument<string>
{
    public HubFleet()
        : base("FLEET")
    {
        Description = "The fleet's name";
        this.Suggest(HubSuggestions.Fleets);
    }

    public string FleetPath(Call call) => $"fleets/{Uri.EscapeDataString(call.Get(this)!)}";

    public string RolloutPath(Call call) => $"rollouts/{Uri.EscapeDataString(call.Get(this)!)}";
}
