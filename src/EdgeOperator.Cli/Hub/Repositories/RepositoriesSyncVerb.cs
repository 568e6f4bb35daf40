using System.CommandLine;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Cli.Hub.Repositories;

internal sealed class RepositoriesSyncVerb : Verb
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    private readonly HubRepository _repository = new();
    private readonly Option<bool> _allowRewind = new("--allow-rewind") { Description = "Accept, once, a signed commit that does not descend from the one that was verified last" };
    private readonly Option<string> _timeout = new("--timeout") { Description = "How long to wait for it", HelpName = "DURATION", DefaultValueFactory = _ => "3m" };

    public RepositoriesSyncVerb()
        : base("sync", "Fetch a repository now, and say how it went")
    {
        Add(_repository);
        Add(_allowRewind);
        Add(_timeout);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var timeout = Duration.Parse(call.Get(_timeout)!)
            ?? throw UserError.Invalid($"--timeout can't be \"{call.Get(_timeout)}\": write a duration such as 30s, 5m or 1h30m");
        using var hub = HubClient.Of(call);
        var before = (await hub.PostAsync($"{_repository.PathOf(call)}/sync", new JsonObject { ["allowRewind"] = call.Get(_allowRewind) }, cancellation))!.AsObject();
        var started = call.Terminal.Time.GetTimestamp();
        var now = before;
        while ((string?)now["tried"] == (string?)before["tried"])
        {
            if (call.Terminal.Time.GetElapsedTime(started) > timeout)
                throw new UserError(ExitCode.TimedOut, $"Repository/{call.Get(_repository)} has not been fetched within {Times.Span(timeout)}");
            await Task.Delay(Interval, call.Terminal.Time, cancellation);
            now = (await hub.GetAsync(_repository.PathOf(call), cancellation))!.AsObject();
        }

        call.Printer.Answer(now, $"Repository/{(string?)now["name"]}: {RepositoryTable.Text(now, "reason")}: {RepositoryTable.Text(now, "message")}");
        return RepositoryTable.Text(now, "status") == "True" ? ExitCode.Done : ExitCode.Failed;
    }
}
