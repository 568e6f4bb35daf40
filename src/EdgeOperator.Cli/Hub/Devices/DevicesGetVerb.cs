using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Hub.Devices;

internal sealed class DevicesGetVerb : Verb
{
    private readonly HubDevice _device = new();

    public DevicesGetVerb()
        : base("get", "One device: whether it is connected, what it runs, and how it is")
    {
        Add(_device);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var device = (await hub.GetAsync(_device.PathOf(call), cancellation))!.AsObject();
        if (call.Printer.IsDocument)
            call.Printer.Print((JsonNode)device);
        else
            call.Printer.Print(DeviceTable.Facts(device, call.Printer));
        return ExitCode.Done;
    }
}
