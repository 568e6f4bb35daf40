using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Hub.Fleets;

internal sealed class FleetsDeleteVerb : Verb
{
    private readonly HubFleet _fleet = new();

    public FleetsDeleteVerb()
        : base("delete", "Forget a fleet and its rollouts; its devices keep what they have") => Add(_fleet);

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        await hub.AskAsync(HttpMethod.Delete, _fleet.FleetPath(call), null, cancellation);
        call.Printer.Answer(new JsonObject { ["deleted"] = call.Get(_fleet) }, $"Fleet/{call.Get(_fleet)} is gone; its devices keep what they have.");
        return ExitCode.Done;
    }
}
