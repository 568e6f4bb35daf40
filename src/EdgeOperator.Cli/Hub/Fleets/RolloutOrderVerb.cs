using System.CommandLine;
using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Hub.Fleets;

/// <summary>Has a rollout do something: pause, resume, approve, skip, abort, rollback.</summary>
internal sealed class RolloutOrderVerb : Verb
{
    private readonly HubFleet _fleet = new();
    private readonly Option<string?> _reason = new("--reason") { Description = "Why, for whoever looks at it later", HelpName = "TEXT" };
    private readonly string _done;

    /// <param name="done">What has been done then, for people.</param>
    public RolloutOrderVerb(string name, string description, string done)
        : base(name, description)
    {
        _done = done;
        Add(_fleet);
        Add(_reason);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var rollout = await hub.PostAsync($"{_fleet.RolloutPath(call)}/{Name}", new JsonObject { ["reason"] = call.Get(_reason) }, cancellation);
        call.Printer.Answer(rollout!, $"{rollout!["id"]}: {_done}");
        return ExitCode.Done;
    }
}
