using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol.Hub;

namespace EdgeOperator.Cli.Hub.Steering;

internal sealed class HubSuspendVerb : Verb
{
    private readonly HubDevice _device = new();
    private readonly HubResource _resource = new("Only this resource; without it, the whole device", isRequired: false);
    private readonly ReasonOption _reason = new();

    public HubSuspendVerb()
        : base("suspend", "Have a device leave a resource, or everything, as it is until resume")
    {
        Add(_device);
        _resource.AddTo(this);
        Add(_reason);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var resource = _resource.Optional(call)?.ToString();
        await _device.InvokeAsync(call, AgentMethods.Suspend, new() { Resource = resource, Reason = call.Get(_reason) }, cancellation);
        var device = call.Get(_device);
        call.Printer.Answer(
            new JsonObject { ["device"] = device, ["suspended"] = resource ?? "device" },
            $"Suspended {(resource is null ? device : $"{resource} on {device}")}: `edgeop hub resume {device}{(resource is null ? "" : $" {resource}")}` ends it.");
        return ExitCode.Done;
    }
}
