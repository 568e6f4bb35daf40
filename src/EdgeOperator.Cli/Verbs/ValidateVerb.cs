using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli.Verbs;

internal sealed class ValidateVerb : Verb
{
    private readonly Argument<string[]> _paths = new Argument<string[]>("PATH") { Arity = ArgumentArity.OneOrMore, Description = "Files and folders; - is standard input" }
        .Suggest(Suggestions.Paths);

    public ValidateVerb()
        : base("validate", "Check manifests and configurations, and tell every problem") => Add(_paths);

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var found = await Validation.OfAsync(call.Get(_paths)!, call.Terminal.Stdin, call.Terminal.Time, cancellation);
        if (call.Printer.IsDocument)
        {
            call.Printer.Print(Document(found));
        }
        else
        {
            call.Errors.Warn(found.Warnings.Select(w => w.ToString()));
            call.Errors.Report(found.Problems.Select(p => p.ToString()));
            if (!found.Variables.IsEmpty)
                call.Printer.Out.WriteLine($"variables that a device must have a value for: {string.Join(", ", found.Variables)}");
            call.Printer.Out.WriteLine($"{Count(found.Files, "file")}, {Count(found.Resources, "resource")}, {Count(found.Problems.Length, "problem")}");
        }

        return found.Problems.IsEmpty ? ExitCode.Done : ExitCode.InvalidInput;
    }

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    private static JsonObject Document(Validation found) => new()
    {
        ["files"] = found.Files,
        ["resources"] = found.Resources,
        ["problems"] = Document(found.Problems),
        ["warnings"] = Document(found.Warnings),
        ["variables"] = new JsonArray([.. found.Variables.Select(name => JsonValue.Create(name))]),
    };

    private static JsonArray Document(ImmutableArray<Problem> problems) => new([.. problems.Select(p => new JsonObject
    {
        ["file"] = p.Where.File,
        ["line"] = p.Where.Line,
        ["column"] = p.Where.Column,
        ["what"] = p.What,
        ["fix"] = p.Fix,
    })]);
}
