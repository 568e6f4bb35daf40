using System.CommandLine;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Verbs;

internal sealed class LogsVerb : Verb
{
    private readonly ResourceArguments _resource = new("Whose log");
    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Go on until interrupted" };
    private readonly Option<int?> _tail = new("--tail") { Description = "Only the last lines", HelpName = "N" };
    private readonly Option<string?> _since = new("--since") { Description = "Only what is not older: 10m, or a time (modules)", HelpName = "TIME" };
    private readonly Option<bool> _timestamps = new("--timestamps", "-t") { Description = "Begin every line with its time (modules)" };
    private readonly Option<bool> _previous = new("--previous", "-p") { Description = "Of the run or container before, also when it is gone (modules)" };

    public LogsVerb()
        : base("logs", "The log of a module or function app, or a machine's console")
    {
        _resource.AddTo(this);
        Add(_follow);
        Add(_tail);
        Add(_since);
        Add(_timestamps);
        Add(_previous);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var options = new LogOptions(call.Get(_follow), call.Get(_tail))
        {
            Since = Moment.Parse("--since", call.Get(_since), call.Terminal.Time),
            Timestamps = call.Get(_timestamps),
            Previous = call.Get(_previous),
        };
        if (options is { Previous: true, Follow: true })
            throw UserError.Invalid("--previous and --follow exclude each other: what is over does not go on");

        using var agent = call.Agent();
        try
        {
            await call.PrintLinesAsync(output => agent.CopyLogsAsync(_resource.Required(call), options, output, cancellation), options.Timestamps);
        }
        catch (OperationCanceledException) when (options.Follow)
        {
        }

        return ExitCode.Done;
    }
}
