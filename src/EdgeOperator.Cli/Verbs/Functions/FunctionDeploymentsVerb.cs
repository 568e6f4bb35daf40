using System.Collections.Immutable;
using System.CommandLine;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Cli.Output;
using EdgeOperator.Core.Protocol.Functions;

namespace EdgeOperator.Cli.Verbs.Functions;

internal sealed class FunctionDeploymentsVerb : Verb
{
    private readonly Argument<string> _app = new Argument<string>("APP") { Description = "Whose deployments" }.Suggest(Suggestions.Apps);

    public FunctionDeploymentsVerb()
        : base("deployments", "What was published to an app on this device, the newest first") => Add(_app);

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        Print(call, await agent.GetDeploymentsAsync(FunctionName.App(call.Get(_app)!), cancellation));
        return ExitCode.Done;
    }

    public static void Print(Call call, ImmutableArray<DeploymentReport> deployments)
    {
        if (call.Printer.IsDocument)
        {
            call.Printer.Print(Documents.Of(deployments));
            return;
        }

        if (deployments.IsEmpty)
        {
            call.Terminal.Error.WriteLine("Nothing was published.");
            return;
        }

        var grid = new Grid([new("DEPLOYMENT"), new("VERSION", 2, IsId: true), new("STATUS", 1), new("REQUESTED", 3), new("MESSAGE", 4, Wraps: true)]);
        foreach (var deployment in deployments)
        {
            grid.Add(
                new(deployment.Id, deployment.Active ? Tone.Strong : Tone.Plain),
                deployment.Version,
                deployment switch
                {
                    { Active: true } => new("Active", Tone.Good),
                    { Failure: not null } => new(deployment.Status, Tone.Bad),
                    _ => new(deployment.Status),
                },
                call.Printer.Times.Moment(deployment.RequestedAt),
                deployment.Failure ?? deployment.Message);
        }

        call.Printer.Print(grid);
    }
}
