using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol.Hub;

namespace EdgeOperator.Cli.Hub.Steering;

internal sealed class HubResumeVerb : Verb
{
    private readonly HubDevice _device = new();
    private readonly HubResource _resource = new("Only this resource; without it, the whole device", isRequired: false);
    private readonly ReasonOption _reason = new();

    public HubResumeVerb()
        : base("resume", "End a suspension on a device and, for the whole device, a held roll-back")
    {
        Add(_device);
        _resource.AddTo(this);
        Add(_reason);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var resource = _resource.Optional(call)?.ToString();
        await _device.InvokeAsync(call, AgentMethods.Resume, new() { Resource = resource, Reason = call.Get(_reason) }, cancellation);
        call.Printer.Answer(
            new JsonObject { ["device"] = call.Get(_device), ["resumed"] = resource ?? "device" }, $"Resumed {(resource is null ? call.Get(_device) : $"{resource} on {call.Get(_device)}")}.");
        return ExitCode.Done;
    }
}
