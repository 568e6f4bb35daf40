using System.CommandLine;
using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Hub.Devices;

internal sealed class DevicesDecommissionVerb : Verb
{
    private readonly HubDevice _device = new();
    private readonly Option<bool> _force = new("--force") { Description = "Remove its record although the device is not there to be told" };

    public DevicesDecommissionVerb()
        : base("decommission", "Have a device let go of its identity, and remove its record; what it runs stays as it is")
    {
        Add(_device);
        Add(_force);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var answer = await hub.PostAsync($"{_device.PathOf(call)}/decommission", new JsonObject { ["force"] = call.Get(_force) }, cancellation);
        var device = call.Get(_device);
        call.Printer.Answer(answer!, (bool?)answer!["told"] == true
            ? $"{device} has let go of its identity, and was removed."
            : $"{device} was removed, but could not be told: its identity is worthless, and it goes on with what it has.");
        return ExitCode.Done;
    }
}
