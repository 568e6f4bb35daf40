using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Hub.Steering;

/// <summary>The serial console of a virtual machine of a device: as <c>edgeop vm console</c> there.</summary>
internal sealed class HubConsoleVerb : Verb
{
    private readonly HubDevice _device = new();
    private readonly HubResource _resource = new("The virtual machine");
    private readonly ReasonOption _reason = new();

    public HubConsoleVerb()
        : base("console", "Attach to the serial console of a virtual machine of a device; Ctrl-] leaves it")
    {
        Add(_device);
        _resource.AddTo(this);
        Add(_reason);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var resource = _resource.Required(call).ToString();
        using var hub = HubClient.Of(call);
        using var console = await hub.ExecAsync(
            $"{_device.PathOf(call)}/console{HubClient.Query(("resource", resource), ("reason", call.Get(_reason)))}",
            call.Get(_device)!,
            new ExecRequest([]) { HasInput = true },
            cancellation);
        await AttachedConsole.RunAsync(
            call.Terminal, $"{resource} on {call.Get(_device)}", (output, end) => console.CopyOutputAsync(output, output, end), console.WriteInputAsync, cancellation);
        return ExitCode.Done;
    }
}
