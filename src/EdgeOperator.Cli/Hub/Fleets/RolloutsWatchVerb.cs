using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;
using Spectre.Console;

namespace EdgeOperator.Cli.Hub.Fleets;

internal sealed class RolloutsWatchVerb : Verb
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly HubFleet _fleet = new();

    public RolloutsWatchVerb()
        : base("watch", "Follow a rollout, with a bar a batch, until it has come to an end") => Add(_fleet);

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        JsonObject? last = null;
        var rollouts = FollowAsync(hub, _fleet.RolloutPath(call), call, rollout => last = rollout, cancellation);
        try
        {
            await (call.Printer.IsDrawn ? DrawAsync(rollouts, call.Printer, cancellation) : PrintAsync(rollouts, call.Printer));
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Done;
        }

        return (string?)last?["state"] == "Completed" ? ExitCode.Done : ExitCode.Failed;
    }

    private static Task DrawAsync(IAsyncEnumerable<JsonObject> rollouts, Printer printer, CancellationToken cancellation) => printer.Live()
        .Live(Text.Empty)
        .Overflow(VerticalOverflow.Crop)
        .StartAsync(async live =>
        {
            await foreach (var rollout in rollouts.WithCancellation(cancellation))
            {
                live.UpdateTarget(new Rows(RolloutTable.Of(rollout, printer).SelectMany(grid => new[] { printer.Draw(grid), Text.Empty })));
                live.Refresh();
            }
        });

    // What has only become older is no news.
    private static async Task PrintAsync(IAsyncEnumerable<JsonObject> rollouts, Printer printer)
    {
        var shown = "";
        await foreach (var rollout in rollouts)
        {
            var now = $"{rollout["id"]} {rollout["state"]} {rollout["reason"]} {rollout["cause"]} {rollout["batches"]!.ToJsonString()}";
            if (now == shown)
                continue;
            shown = now;
            if (printer.IsDocument)
                printer.PrintNext(rollout);
            else
                printer.PrintLine($"{rollout["id"]} {rollout["state"]}, {RolloutTable.Share(rollout).Text} updated: {rollout["message"]}", RolloutTable.State(rollout).Tone);
        }
    }

    private static async IAsyncEnumerable<JsonObject> FollowAsync(HubClient hub, string path, Call call, Action<JsonObject> seen, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval, call.Terminal.Time);
        do
        {
            var rollout = (await hub.GetAsync(path, cancellation))!.AsObject();
            seen(rollout);
            yield return rollout;
            if ((string?)rollout["state"] is "Completed" or "Aborted" or "RolledBack")
                yield break;
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }
}
