using System.CommandLine;
using EdgeOperator.Cli.Completion;

namespace EdgeOperator.Cli.Verbs.Functions;

internal sealed class FunctionLogsVerb : Verb
{
    private readonly Argument<string> _app = new Argument<string>("APP[/FUNCTION]") { Description = "Whose log; with a function, only its lines" }
        .Suggest(context => Suggestions.Apps(context).Concat(Suggestions.Functions(context)));

    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Go on until interrupted" };
    private readonly Option<int?> _tail = new("--tail") { Description = "Only the last lines", HelpName = "N" };

    public FunctionLogsVerb()
        : base("logs", "The log of an app or a function")
    {
        Add(_app);
        Add(_follow);
        Add(_tail);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var (app, function) = FunctionName.ParseEither(call.Get(_app)!);
        var follow = call.Get(_follow);
        using var agent = call.Agent();
        try
        {
            await call.PrintLinesAsync(output => agent.CopyFunctionLogsAsync(app, function, follow, call.Get(_tail), output, cancellation));
        }
        catch (OperationCanceledException) when (follow)
        {
        }

        return ExitCode.Done;
    }
}
