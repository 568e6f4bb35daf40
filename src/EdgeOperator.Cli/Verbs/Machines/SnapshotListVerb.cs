using System.CommandLine;
using System.Text.Json;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Cli.Output;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Verbs.Machines;

internal sealed class SnapshotListVerb : Verb
{
    private readonly Argument<string> _machine = new Argument<string>("NAME") { Description = "The virtual machine" }.Suggest(Suggestions.Machines);

    public SnapshotListVerb()
        : base("list", "The snapshots of a machine, oldest first") => Add(_machine);

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        var machine = new ResourceId(KindNames.VirtualMachine, call.Get(_machine)!);
        var snapshots = await agent.GetSnapshotsAsync(machine, cancellation);
        if (call.Printer.IsDocument)
        {
            call.Printer.Print(JsonSerializer.SerializeToNode(snapshots, ProtocolJson.Default.ImmutableArraySnapshotReport));
        }
        else if (snapshots.IsEmpty)
        {
            call.Terminal.Error.WriteLine($"No snapshots of {machine}.");
        }
        else
        {
            var grid = new Grid("NAME", "CREATED", "MADE BY");
            foreach (var snapshot in snapshots)
                grid.Add(snapshot.Name, call.Printer.Times.Moment(snapshot.At), snapshot.IsAutomatic ? "agent, before an image" : "operator");
            call.Printer.Print(grid);
        }

        return ExitCode.Done;
    }
}
