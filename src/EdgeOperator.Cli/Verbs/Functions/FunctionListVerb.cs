using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Cli.Output;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol.Functions;

namespace EdgeOperator.Cli.Verbs.Functions;

internal sealed class FunctionListVerb : Verb
{
    private readonly Argument<string?> _app = new Argument<string?>("APP") { Arity = ArgumentArity.ZeroOrOne, Description = "Only this app's" }
        .Suggest(Suggestions.Apps);

    public FunctionListVerb()
        : base("list", "Functions with their triggers, addresses and counts") => Add(_app);

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        var apps = call.Get(_app) is { } one
            ? [FunctionName.App(one)]
            : (await agent.GetResourcesAsync(KindNames.FunctionApp, cancellation)).Select(r => r.Name).ToImmutableArray();

        var grid = new Grid(
        [
            new("APP", 1), new("FUNCTION"), new("TRIGGER", 3), new("STATE", 2, Wraps: true), new("CALLS", 4), new("FAILURES", 5), new("LAST", 6), new("URL", 7, Wraps: true),
            .. call.Printer.IsWide ? [new Column("LAST ERROR", 8, Wraps: true)] : Array.Empty<Column>(),
        ]);
        var document = new JsonObject();
        foreach (var app in apps)
        {
            var functions = await agent.GetFunctionsAsync(app, cancellation);
            document[app] = Documents.Of(functions);
            foreach (var function in functions)
                grid.Add([.. Row(app, function, call.Printer)]);
        }

        if (call.Printer.IsDocument)
            call.Printer.Print(document);
        else if (grid.Rows.Count == 0)
            call.Terminal.Error.WriteLine("No functions.");
        else
            call.Printer.Print(grid);
        return ExitCode.Done;
    }

    private static IEnumerable<Cell> Row(string app, FunctionReport function, Printer printer)
    {
        yield return new(app, Tone.Faint);
        yield return new(function.Name, Tone.Strong);
        yield return function.Trigger;
        yield return function switch
        {
            { Disabled: true } => new("disabled", Tone.Faint),
            { Error: { } error } => new(error, Tone.Bad),
            _ => new("ready", Tone.Good),
        };
        yield return $"{function.Invocations}";
        yield return new($"{function.Failures}", function.Failures > 0 ? Tone.Bad : Tone.Plain);
        yield return printer.Times.Moment(function.LastInvocation);
        yield return function.Url;
        if (printer.IsWide)
            yield return function.LastError;
    }
}
