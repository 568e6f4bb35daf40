using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Hub.Steering;

/// <summary>Stops a virtual machine of a device, or starts it again: as <c>edgeop vm stop</c> and <c>start</c> there.</summary>
internal sealed class HubPowerVerb : Verb
{
    private readonly HubDevice _device = new();
    private readonly HubResource _resource = new("The virtual machine");
    private readonly ReasonOption _reason = new();
    private readonly string _done;

    /// <param name="name">Of the verb, and of the agent's direct method.</param>
    /// <param name="done">What has been done then.</param>
    public HubPowerVerb(string name, string description, string done)
        : base(name, description)
    {
        _done = done;
        Add(_device);
        _resource.AddTo(this);
        Add(_reason);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var resource = _resource.Required(call).ToString();
        await _device.InvokeAsync(call, Name, new() { Resource = resource, Reason = call.Get(_reason) }, cancellation);
        call.Printer.Answer(new JsonObject { ["device"] = call.Get(_device), ["resource"] = resource, ["done"] = Name }, $"{_done} {resource} on {call.Get(_device)}.");
        return ExitCode.Done;
    }
}
