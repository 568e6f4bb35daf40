using System.CommandLine;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli.Verbs.Machines;

/// <summary>Asks the agent; it does not wait for the guest.</summary>
internal sealed class VmStopVerb : Verb
{
    private readonly Argument<string> _machine = new Argument<string>("NAME") { Description = "The virtual machine" }.Suggest(Suggestions.Machines);
    private readonly ReasonOption _reason = new();

    public VmStopVerb()
        : base("stop", "Have the guest shut down, and keep the machine so until it is started, whatever is committed")
    {
        Add(_machine);
        Add(_reason);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        var machine = new ResourceId(KindNames.VirtualMachine, call.Get(_machine)!);
        await agent.StopAsync(machine, cancellation, call.Get(_reason));
        call.Printer.Answer(new JsonObject { ["resource"] = machine.ToString(), ["stopped"] = true }, $"{machine} shuts down, and stays so until `edgeop vm start {machine.Name}`.");
        return ExitCode.Done;
    }
}
