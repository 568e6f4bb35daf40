using System.CommandLine;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Cli.Output;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Verbs;

internal sealed class HistoryVerb : Verb
{
    private readonly Option<int> _limit = new("--limit") { Description = "How many, the newest", HelpName = "N", DefaultValueFactory = _ => 20 };

    public HistoryVerb()
        : base("history", "Which revisions ran and which reboots there were for them, when, and how they ended; newest first") => Add(_limit);

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        var history = await WithoutAgent.OrAsync(
            call, () => agent.GetHistoryAsync(call.Get(_limit), cancellation), folder => StoredHistory.Read(folder, call.Get(_limit)));
        if (call.Printer.IsDocument)
        {
            call.Printer.Print(Documents.Of(history));
            return ExitCode.Done;
        }

        if (history.IsEmpty)
            call.Terminal.Error.WriteLine("No revision has run yet.");

        var grid = new Grid(
            "REVISION", new("STARTED", 2), new("TOOK", 3), new("OUTCOME", 1), new("KEPT", 4), new("BY", 4), new("REASON", 6, Wraps: true), new("ID", 5, IsId: true));
        foreach (var run in history)
            grid.Add(new(run.Display, Tone.Strong), call.Printer.Times.Moment(run.StartedAt), Took(run), Outcome(run), run.Kept ? "yes" : "", run.User, run.Reason, run.Revision);

        call.Printer.Print(grid);
        return ExitCode.Done;
    }

    private static Cell Took(HistoryRecord run) => run.EndedAt is { } ended ? Times.Span(ended - run.StartedAt) : "";

    private static Cell Outcome(HistoryRecord run) => new(run.Outcome.ToString(), run.Outcome switch
    {
        RevisionOutcome.Succeeded or RevisionOutcome.Rebooted => Tone.Good,
        RevisionOutcome.InProgress => Tone.Busy,
        RevisionOutcome.Superseded => Tone.Faint,
        _ => Tone.Bad,
    });
}
