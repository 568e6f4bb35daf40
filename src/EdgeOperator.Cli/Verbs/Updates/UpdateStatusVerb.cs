using EdgeOperator.Cli.Views;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli.Verbs.Updates;

internal sealed class UpdateStatusVerb() : Verb("status", "What waits to be updated, when it will be, and how the last update ended")
{
    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        var updates = await agent.GetResourcesAsync(KindNames.SystemUpdate, cancellation);
        if (call.Printer.IsDocument)
            call.Printer.Print(Documents.Of(updates));
        else
            call.Printer.Print(UpdateTable.Of(updates));
        return ExitCode.Done;
    }
}
