using System.CommandLine;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Cli.Views;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Verbs;

internal sealed class PlanVerb : Verb
{
    private readonly Argument<string[]> _paths = new Argument<string[]>("PATH") { Arity = ArgumentArity.ZeroOrMore, Description = GivenManifests.Description }
        .Suggest(Suggestions.Paths);

    private readonly Option<bool> _detailed = new("--detailed-exitcode") { Description = "Exit with 2 when something would change" };

    public PlanVerb()
        : base("plan", "What the next pass would do, and why, without doing it")
    {
        Add(_paths);
        Add(_detailed);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var loggers = call.QuietLoggers();
        using var given = await GivenManifests.OfAsync(call.Get(_paths), call.Terminal.Stdin, cancellation);
        var preview = await Previewed.OfAsync(call, call.Configuration(given), given, loggers, cancellation);
        if (call.Printer.IsDocument)
            call.Printer.Print(Documents.Of(PlanDocument.From(preview.Revision, preview.Plan, preview.Detail)));
        else
            PlanView.Print(preview.Plan, preview.Detail, call.Printer);

        preview.ThrowIfImpossible();
        return call.Get(_detailed) && preview.Plan.Steps.Any(s => s is not Milestone) ? ExitCode.ChangesPending : ExitCode.Done;
    }
}
