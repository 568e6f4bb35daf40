using System.CommandLine;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol.Hub;

namespace EdgeOperator.Cli.Hub.Steering;

internal sealed class HubRollbackVerb : Verb
{
    private readonly HubDevice _device = new();
    private readonly Argument<string?> _revision = new("REVISION") { Arity = ArgumentArity.ZeroOrOne, Description = "A revision that the device has kept; without it, the good one before the current" };
    private readonly ReasonOption _reason = new();

    public HubRollbackVerb()
        : base("rollback", "Have a device go back to a kept revision; holds until resume or a commit that changes the device")
    {
        Add(_device);
        Add(_revision);
        Add(_reason);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var device = call.Get(_device);
        var answer = await _device.InvokeAsync(call, AgentMethods.RollBack, new() { Revision = call.Get(_revision), Reason = call.Get(_reason) }, cancellation);
        var held = (string?)answer?["revision"];
        call.Printer.Answer(
            new JsonObject { ["device"] = device, ["heldAt"] = held },
            $"{device} rolls back to {held}: it holds until `edgeop hub resume {device}`, or until a commit changes what the device is made of; `edgeop hub devices get {device}` shows how it goes.");
        return ExitCode.Done;
    }
}
