using System.CommandLine;
using EdgeOperator.Core.Text;

namespace EdgeOperator.Cli.Verbs;

internal sealed class ReconcileVerb : Verb
{
    private readonly Option<bool> _retry = new("--retry") { Description = "Try the newest revision again although it failed, and at once what waits after a failure" };
    private readonly Option<bool> _allowRewind = new("--allow-rewind")
    {
        Description = "Accept once, from signed sources, a commit that does not descend from the last verified one",
    };

    private readonly ReasonOption _reason = new();

    public ReconcileVerb()
        : base("reconcile", "Fetch every source and run a pass now")
    {
        Add(_retry);
        Add(_allowRewind);
        Add(_reason);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        var status = await agent.ReconcileAsync(cancellation, call.Get(_retry), call.Get(_reason), call.Get(_allowRewind));
        if (call.Printer.IsDocument)
            call.Printer.Print(Documents.Of(status));
        if (ReconcileResult.Failure(status) is { } failure)
            throw new UserError(ExitCode.Failed, failure);
        if (!call.Printer.IsDocument)
            call.Printer.Out.WriteLine(TerminalText.EscapeLine(ReconcileResult.Describe(status)));

        return ExitCode.Done;
    }
}
