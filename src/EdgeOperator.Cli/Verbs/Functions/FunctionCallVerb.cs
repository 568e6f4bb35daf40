using System.CommandLine;
using EdgeOperator.Cli.Completion;

namespace EdgeOperator.Cli.Verbs.Functions;

internal sealed class FunctionCallVerb : Verb
{
    private readonly Argument<string> _function = new Argument<string>("APP/FUNCTION") { Description = "Which to run, whatever its trigger" }
        .Suggest(Suggestions.Functions);

    private readonly Option<string?> _data = new("--data", "-d")
    {
        Description = "What the trigger hands to it: text, or @FILE for a file's content",
        HelpName = "TEXT|@FILE",
    };

    public FunctionCallVerb()
        : base("call", "Run a function once and print what it returns; its log goes to standard error")
    {
        Add(_function);
        Add(_data);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var (app, function) = FunctionName.Parse(call.Get(_function)!);
        var input = call.Get(_data) is ['@', .. var file] ? await ReadAsync(file, cancellation) : call.Get(_data);
        using var agent = call.Agent();
        var report = await agent.CallFunctionAsync(app, function, input, cancellation);
        if (call.Printer.IsDocument)
        {
            call.Printer.Print(Documents.Of(report));
            return report.Error is null ? ExitCode.Done : ExitCode.Failed;
        }

        foreach (var line in report.Logs)
            await call.Terminal.Error.WriteLineAsync(line);
        if (report.Error is { } error)
            throw new UserError(ExitCode.Failed, $"{app}/{function} failed after {report.Milliseconds:0} ms: {error}");
        if (report.Output is { } output)
            await call.Printer.Out.WriteLineAsync(output);
        return ExitCode.Done;
    }

    private static async Task<string> ReadAsync(string file, CancellationToken cancellation)
    {
        try
        {
            return await File.ReadAllTextAsync(file, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw UserError.Invalid($"{file} can't be read: {e.Message}");
        }
    }
}
