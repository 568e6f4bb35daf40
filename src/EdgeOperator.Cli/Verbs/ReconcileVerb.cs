using System.CommandLine;
using EdgeOperator.Cli.Views;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Cli.Verbs;

internal sealed class ReconcileVerb : Verb
{
    private readonly Option<bool> _allowRewind = new("--allow-rewind")
    {
        Description = "Accept once, from signed sources, a commit that does not descend from the last verified one",
    };

    public ReconcileVerb()
        : base("reconcile", "Fetch every source and run a pass now") => Add(_allowRewind);

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        var status = call.Get(_allowRewind) ? await agent.ReconcileAllowingRewindAsync(cancellation) : await agent.ReconcileAsync(cancellation);
        var failures = status.Sources.Where(s => s.Ready.Status != ConditionStatus.True).Select(Failure).ToList();
        if (call.Printer.IsDocument)
            call.Printer.Print(Documents.Of(status));
        else
            call.Printer.Out.WriteLine($"{(failures.Count == 0 ? "Reconciled" : "Not reconciled with every source; still")} at {status.Applied?.Display ?? "no revision"}: {ConditionCells.Ready(status.Conditions)?.Message ?? "state unknown"}");

        return failures.Count == 0 ? ExitCode.Done : throw new UserError(ExitCode.Failed, [.. failures]);
    }

    private static string Failure(SourceStatus source) =>
        $"source {source.Name} ({source.Kind} {source.Location}) failed, {source.Ready.Reason}: {source.Ready.Message}";
}
