using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli.Verbs.Machines;

/// <summary>What is done with one snapshot; the agent does it, between two passes.</summary>
internal sealed class SnapshotVerb : Verb
{
    private readonly Argument<string> _machine = new Argument<string>("NAME") { Description = "The virtual machine" }.Suggest(Suggestions.Machines);
    private readonly Argument<string?> _snapshot;
    private readonly ReasonOption _reason = new();
    private readonly Func<AgentApiClient, ResourceId, string, string?, CancellationToken, Task> _do;
    private readonly string _done;
    private readonly string _advice;

    private SnapshotVerb(
        string name, string description, string done, Func<AgentApiClient, ResourceId, string, string?, CancellationToken, Task> act, bool isNew = false, string advice = "")
        : base(name, description)
    {
        (_do, _done, _advice) = (act, done, advice);
        _snapshot = new("SNAPSHOT")
        {
            Description = isNew ? "Its name (default: the time)" : "Its name",
            Arity = isNew ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
        };
        Add(_machine);
        Add(_snapshot);
        Add(_reason);
    }

    public static SnapshotVerb Create() => new(
        "create", "Keep the state of a machine's disks", "created",
        (agent, machine, snapshot, reason, cancellation) => agent.CreateSnapshotAsync(machine, snapshot, cancellation, reason), isNew: true);

    public static SnapshotVerb Restore() => new(
        "restore", "Put the disks of a stopped machine back to what they were", "restored",
        (agent, machine, snapshot, reason, cancellation) => agent.RestoreSnapshotAsync(machine, snapshot, cancellation, reason),
        advice: " `edgeop vm start` starts the machine.");

    public static SnapshotVerb Delete() => new(
        "delete", "Remove a snapshot; the disks stay as they are", "deleted",
        (agent, machine, snapshot, reason, cancellation) => agent.DeleteSnapshotAsync(machine, snapshot, cancellation, reason));

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        var machine = new ResourceId(KindNames.VirtualMachine, call.Get(_machine)!);
        var snapshot = call.Get(_snapshot) ?? call.Terminal.Time.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        await _do(agent, machine, snapshot, call.Get(_reason), cancellation);
        call.Printer.Answer(
            new JsonObject { ["resource"] = machine.ToString(), ["snapshot"] = snapshot, [_done] = true },
            $"The snapshot {snapshot} of {machine} is {_done}.{_advice}");
        return ExitCode.Done;
    }
}
