using System.CommandLine;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli.Verbs.Machines;

/// <summary>Asks the agent; it does not wait for the guest.</summary>
internal sealed class VmStartVerb : Verb
{
    private readonly Argument<string> _machine = new Argument<string>("NAME") { Description = "The virtual machine" }.Suggest(Suggestions.Machines);
    private readonly ReasonOption _reason = new();

    public VmStartVerb()
        : base("start", "Start a machine that was stopped by `vm stop`")
    {
        Add(_machine);
        Add(_reason);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        var machine = new ResourceId(KindNames.VirtualMachine, call.Get(_machine)!);
        await agent.StartAsync(machine, cancellation, call.Get(_reason));
        call.Printer.Answer(new JsonObject { ["resource"] = machine.ToString(), ["started"] = true }, $"{machine} is started.");
        return ExitCode.Done;
    }
}
