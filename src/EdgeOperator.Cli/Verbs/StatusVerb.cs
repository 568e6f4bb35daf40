using System.CommandLine;
using EdgeOperator.Cli.Views;

namespace EdgeOperator.Cli.Verbs;

internal sealed class StatusVerb : Verb
{
    private readonly Option<bool> _watch = new("--watch", "-w") { Description = "Go on showing it until interrupted" };

    public StatusVerb()
        : base("status", "The device, its revision, its conditions, and a line a resource") => Add(_watch);

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        if (call.Get(_watch))
        {
            await new StatusWatch(agent, call).RunAsync(cancellation);
            return ExitCode.Done;
        }

        var status = await agent.GetStatusAsync(cancellation);
        if (call.Printer.IsDocument)
            call.Printer.Print(Documents.Of(status));
        else
            call.Printer.Print(StatusView.Of(status, call.Printer));

        return ExitCode.Done;
    }
}
