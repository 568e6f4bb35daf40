using System.CommandLine;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli.Verbs.Machines;

/// <summary>Asks the agent; it does not wait for the guest, which may take its stopTimeout.</summary>
internal sealed class VmRestartVerb : Verb
{
    private readonly Argument<string> _machine = new Argument<string>("NAME") { Description = "The virtual machine" }.Suggest(Suggestions.Machines);
    private readonly ReasonOption _reason = new();

    public VmRestartVerb()
        : base("restart", "Have the guest shut down, and start its machine again")
    {
        Add(_machine);
        Add(_reason);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        var machine = new ResourceId(KindNames.VirtualMachine, call.Get(_machine)!);
        var note = await agent.RestartAsync(machine, cancellation, call.Get(_reason));
        call.Printer.Answer(
            new JsonObject { ["resource"] = machine.ToString(), ["restarted"] = note is null, ["note"] = note },
            note is null ? $"{machine} shuts down, and is started again." : $"{note}.");
        return ExitCode.Done;
    }
}
