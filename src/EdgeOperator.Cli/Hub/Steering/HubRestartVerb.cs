using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol.Hub;

namespace EdgeOperator.Cli.Hub.Steering;

internal sealed class HubRestartVerb : Verb
{
    private readonly HubDevice _device = new();
    private readonly HubResource _resource = new("The module");
    private readonly ReasonOption _reason = new();

    public HubRestartVerb()
        : base("restart", "Restart the container of a module on a device; what does not run is not started")
    {
        Add(_device);
        _resource.AddTo(this);
        Add(_reason);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var resource = _resource.Required(call).ToString();
        var answer = await _device.InvokeAsync(call, AgentMethods.Restart, new() { Resource = resource, Reason = call.Get(_reason) }, cancellation);
        var note = (string?)answer?["note"];
        call.Printer.Answer(
            new JsonObject { ["device"] = call.Get(_device), ["resource"] = resource, ["restarted"] = note is null, ["note"] = note },
            note is null ? $"Restarted {resource} on {call.Get(_device)}." : $"{note}.");
        return ExitCode.Done;
    }
}
