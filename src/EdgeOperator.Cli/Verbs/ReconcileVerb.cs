using EdgeOperator.Cli.Views;

namespace EdgeOperator.Cli.Verbs;

internal sealed class ReconcileVerb() : Verb("reconcile", "Fetch every source and run a pass now")
{
    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        var status = await agent.ReconcileAsync(cancellation);
        if (call.Printer.IsDocument)
            call.Printer.Print(Documents.Of(status));
        else
            call.Printer.Out.WriteLine($"Reconciled at {status.Applied?.Display ?? "no revision"}: {ConditionCells.Ready(status.Conditions)?.Message ?? "state unknown"}");

        return ExitCode.Done;
    }
}
