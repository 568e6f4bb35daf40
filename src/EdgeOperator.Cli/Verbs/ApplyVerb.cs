using System.CommandLine;
using EdgeOperator.Agent;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Core.Manifests.Schema;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Cli.Verbs;

internal sealed class ApplyVerb : Verb
{
    private const int Recent = 100;

    private readonly Argument<string[]> _paths = new Argument<string[]>("PATH") { Arity = ArgumentArity.ZeroOrMore, Description = GivenManifests.Description }
        .Suggest(Suggestions.Paths);

    private readonly Option<bool> _wait = new("--wait")
    {
        Description = "Follow a running agent to the health gate; --wait=false ends with the pass. Without an agent it is always followed",
        DefaultValueFactory = _ => true,
    };

    private readonly Option<string> _timeout = new("--timeout") { Description = "How long it may take", HelpName = "DURATION", DefaultValueFactory = _ => "10m" };

    public ApplyVerb()
        : base("apply", "Bring the newest revision to the device now, and follow it to the health gate")
    {
        Add(_paths);
        Add(_wait);
        Add(_timeout);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        // As in the agent.
        if (OperatingSystem.IsLinux())
            Posix.HideMemory();
        var timeout = Duration.Parse(call.Get(_timeout)!)
            ?? throw UserError.Invalid($"--timeout can't be \"{call.Get(_timeout)}\": write a duration such as 30s, 5m or 1h30m");

        using var client = call.Agent();
        var (result, status) = await IsAnsweringAsync(client, cancellation)
            ? await ThroughAgentAsync(call, client, timeout, cancellation)
            : await InForegroundAsync(call, timeout, cancellation);
        if (result is { ExitCode: not ExitCode.Done })
            throw new UserError(result.ExitCode, result.Message);

        if (call.Printer.IsDocument)
            call.Printer.Print(Documents.Of(status!));
        else
            call.Printer.Out.WriteLine(result is null ? $"Under way: {HealthGate.Missing(status!)}" : $"Healthy at {result.Message}");

        return ExitCode.Done;
    }

    private static async Task<bool> IsAnsweringAsync(AgentApiClient client, CancellationToken cancellation)
    {
        try
        {
            await client.GetStatusAsync(cancellation);
            return true;
        }
        catch (AgentUnreachableException)
        {
            return false;
        }
    }

    private async Task<(GateResult? Result, DeviceStatus? Status)> ThroughAgentAsync(Call call, AgentApiClient client, TimeSpan timeout, CancellationToken cancellation)
    {
        if (call.Get(_paths) is { Length: > 0 })
            throw new UserError(ExitCode.Failed, "an agent is running on this device: stop it to apply files or folders by hand, or leave out PATH to have it reconcile");

        var following = new Following(call, async (after, c) =>
            new(await client.GetStatusAsync(c), await client.GetHistoryAsync(Recent, c), await client.GetEventsAsync(after, Recent, null, c)));
        return (await following.RunAsync(c => client.ReconcileAsync(c), call.Get(_wait), timeout, cancellation), following.Last);
    }

    private async Task<(GateResult? Result, DeviceStatus? Status)> InForegroundAsync(Call call, TimeSpan timeout, CancellationToken cancellation)
    {
        using var loggers = call.QuietLoggers();
        using var given = await GivenManifests.OfAsync(call.Get(_paths), call.Terminal.Stdin, cancellation);
        var configuration = call.Configuration(given);
        (await Previewed.OfAsync(call, configuration, given, loggers, cancellation)).ThrowIfImpossible();

        await using var agent = new EdgeAgent(configuration, loggers, call.Terminal.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var following = new Following(call, (after, _) =>
            Task.FromResult(new DeviceSnapshot(agent.Control.Status, agent.Control.History(Recent), agent.Control.Events(after, Recent, null))));
        var running = agent.RunAsync(stop.Token);
        try
        {
            var followed = following.RunAsync(c => agent.Control.ReconcileAsync(retry: false, new(Environment.UserName), c), wait: true, timeout, stop.Token);
            await await Task.WhenAny(running, followed);
            return (await followed, following.Last);
        }
        finally
        {
            await stop.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
