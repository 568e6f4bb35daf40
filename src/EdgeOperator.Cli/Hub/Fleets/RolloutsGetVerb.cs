using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Hub.Fleets;

internal sealed class RolloutsGetVerb : Verb
{
    private readonly HubFleet _fleet = new();
    private readonly Option<bool> _devices = new("--devices") { Description = "Each device, and why it has failed" };
    private readonly Option<string?> _state = new("--state") { Description = "Only devices in this state, such as Failed", HelpName = "STATE" };

    public RolloutsGetVerb()
        : base("get", "The rollout of a fleet: its batches, and why it waits")
    {
        Add(_fleet);
        Add(_devices);
        Add(_state);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var rollout = (await hub.GetAsync(_fleet.RolloutPath(call), cancellation))!.AsObject();
        var devices = call.Get(_devices) || call.Get(_state) is not null ? await DevicesAsync(hub, call, cancellation) : null;
        if (call.Printer.IsDocument)
        {
            if (devices is not null)
                rollout["deviceStates"] = new JsonArray([.. devices.Select(device => device.DeepClone())]);
            call.Printer.Print((JsonNode)rollout);
            return ExitCode.Done;
        }

        call.Printer.Print(devices is null ? RolloutTable.Of(rollout, call.Printer) : RolloutTable.Of(rollout, call.Printer).Append(Table(devices, call.Printer)));
        return ExitCode.Done;
    }

    private Task<List<JsonObject>> DevicesAsync(HubClient hub, Call call, CancellationToken cancellation) =>
        hub.ListAsync($"{_fleet.RolloutPath(call)}/devices", cancellation, ("state", call.Get(_state)));

    private static Grid Table(List<JsonObject> devices, Printer printer)
    {
        var grid = new Grid("DEVICE", new("BATCH", 2), new("STATE", 1), new("SINCE", 3), new("REVISION", 4, IsId: true), Column.Message);
        foreach (var device in devices)
            grid.Add(
                new((string?)device["deviceId"] ?? "", Tone.Strong), (string?)device["batch"],
                new((string?)device["state"] ?? "", (string?)device["state"] switch { "Updated" or "RolledBack" => Tone.Good, "Failed" or "TimedOut" => Tone.Bad, "Pending" => Tone.Faint, _ => Tone.Busy }),
                printer.Times.Moment(DateTimeOffset.Parse((string)device["since"]!, CultureInfo.InvariantCulture)), (string?)device["goal"], (string?)device["message"]);
        return grid;
    }
}
