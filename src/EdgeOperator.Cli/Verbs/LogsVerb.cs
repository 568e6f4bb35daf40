using System.CommandLine;
using EdgeOperator.Cli.Completion;

namespace EdgeOperator.Cli.Verbs;

internal sealed class LogsVerb : Verb
{
    private readonly Argument<string> _resource = new Argument<string>("KIND/NAME") { Description = "Whose log" }
        .Suggest(Suggestions.Resources);

    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Go on until interrupted" };
    private readonly Option<int?> _tail = new("--tail") { Description = "Only the last lines", HelpName = "N" };

    public LogsVerb()
        : base("logs", "The log of a module or function app, or a machine's console")
    {
        Add(_resource);
        Add(_follow);
        Add(_tail);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var resource = ResourceName.Parse(call.Get(_resource)!);
        var follow = call.Get(_follow);
        using var agent = call.Agent();
        try
        {
            await agent.CopyLogsAsync(resource, follow, call.Get(_tail), call.Terminal.Bytes, cancellation);
        }
        catch (OperationCanceledException) when (follow)
        {
        }

        return ExitCode.Done;
    }
}
