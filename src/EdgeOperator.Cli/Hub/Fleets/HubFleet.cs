namespace EdgeOperator.Cli.Hub.Fleets;

/// <summary>A fleet of a hub on the command line.</summary>
internal sealed class HubFleet() : HubObject("Fleet", "fleets", HubSuggestions.Fleets)
{
    public string RolloutPath(Call call) => $"rollouts/{Uri.EscapeDataString(call.Get(this)!)}";
}
