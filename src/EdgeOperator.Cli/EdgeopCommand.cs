using System.CommandLine;
using System.CommandLine.Help;
using EdgeOperator.Cli.Hub;
using EdgeOperator.Cli.Output;
using EdgeOperator.Cli.Verbs;
using EdgeOperator.Cli.Verbs.Secrets;

namespace EdgeOperator.Cli;

/// <summary>The command line as a whole.</summary>
internal sealed class EdgeopCommand
{
    private readonly Terminal _terminal;
    private readonly GlobalOptions _options = new();
    private readonly Option<bool> _version = new("--version") { Description = "Show the version" };
    private readonly Command _root = new("edgeop", "Keeps a device equal to what Git says it is.");

    public EdgeopCommand(Terminal terminal)
    {
        _terminal = terminal;
        _root.Add(new HelpOption("--help", "-h") { Recursive = true, Description = "Show help" });
        _root.Add(_version);
        foreach (var option in _options.All)
            _root.Add(option);

        Command[] verbs =
        [
            new ValidateVerb(),
            new RenderVerb(),
            new PlanVerb(),
            new ApplyVerb(),
            new AgentVerb(),
            new ServiceVerb(),
            new StatusVerb(),
            new GetVerb(),
            new DescribeVerb(),
            new EventsVerb(),
            new HistoryVerb(),
            new LogsVerb(),
            new ExecVerb(),
            new FunctionVerb(),
            new VmVerb(),
            new ReconcileVerb(),
            new SuspendVerb(),
            new ResumeVerb(),
            new RollbackVerb(),
            new RestartVerb(),
            new UpdateVerb(),
            new CheckVerb(),
            new SupportBundleVerb(),
            new SecretVerb(),
            new IdentityVerb(),
            new HubVerb(),
            new SchemaVerb(),
            new CompletionVerb(),
            new CompleteVerb(),
            new VersionVerb(),
        ];
        foreach (var verb in verbs)
            _root.Add(verb);
    }

    /// <summary>Runs a command line and returns the exit code; every error has been printed by then.</summary>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var line = Parse(arguments);
        var call = new Call(line, _options, _terminal with { IsRaw = line.Errors.Count == 0 && line.GetValue(_options.Raw) });
        try
        {
            var isRoot = line.CommandResult.Command == _root && line.UnmatchedTokens.Count == 0;
            if (isRoot && line.GetValue(_version))
                return await new VersionVerb().RunAsync(call, cancellation);

            if (line.Action is HelpAction || isRoot)
                return ShowHelp(isRoot ? _root.Parse(["--help"]) : line);

            if (line.Errors.Count > 0)
                throw new UserError(ExitCode.InvalidInput, [.. UsageErrors.Explain(line)]);

            var verb = (Verb)line.CommandResult.Command;
            if (call.Printer.Format == Format.Markdown && !verb.PrintsMarkdown)
                throw UserError.Invalid($"`{verb.Name}` prints no markdown: use table, wide, json or yaml");
            return await verb.RunAsync(call, cancellation);
        }
        catch (Exception exception)
        {
            return call.Errors.Report(exception, call.IsVerbose);
        }
    }

    // Without response files: @FILE is a value like any other.
    internal ParseResult Parse(IReadOnlyList<string> arguments) => _root.Parse(arguments, new() { ResponseFileTokenReplacer = null });

    private int ShowHelp(ParseResult line) => line.Invoke(new() { Output = _terminal.Out, Error = _terminal.Error });
}
