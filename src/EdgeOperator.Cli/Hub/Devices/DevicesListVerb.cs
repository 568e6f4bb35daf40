using System.CommandLine;
using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Hub.Devices;

internal sealed class DevicesListVerb : Verb
{
    private const int PageSize = 500;

    private readonly Option<string?> _selector = new("--selector", "-l") { Description = "Only those with such labels: key=value, key!=value, key, !key", HelpName = "LABELS" };
    private readonly Option<string?> _where = new("--where") { Description = "Only those for which a condition of IoT Hub's query language holds, such as \"connectionState = 'Connected'\"", HelpName = "CONDITION" };
    private readonly Option<int?> _limit = new("--limit") { Description = "At most so many", HelpName = "N" };

    public DevicesListVerb()
        : base("list", "The devices that the hub knows")
    {
        Add(_selector);
        Add(_where);
        Add(_limit);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var limit = call.Get(_limit) is { } given ? given > 0 ? given : throw UserError.Invalid($"--limit can't be {given}: write a number from 1 on") : int.MaxValue;
        using var hub = HubClient.Of(call);
        var devices = await ListAsync(hub, DeviceFilter.Of(call.Get(_selector), call.Get(_where)), limit, cancellation);
        if (call.Printer.IsDocument)
            call.Printer.Print((JsonNode)new JsonArray([.. devices]));
        else if (devices.Count == 0)
            call.Terminal.Error.WriteLine("No devices.");
        else
            call.Printer.Print(DeviceTable.Of(devices, call.Printer));
        return ExitCode.Done;
    }

    internal static async Task<List<JsonObject>> ListAsync(HubClient hub, string? where, int limit, CancellationToken cancellation)
    {
        var devices = new List<JsonObject>();
        string? continuation = null;
        do
        {
            var query = $"limit={Math.Min(PageSize, limit - devices.Count)}"
                + (where is null ? "" : $"&where={Uri.EscapeDataString(where)}")
                + (continuation is null ? "" : $"&continuation={Uri.EscapeDataString(continuation)}");
            var page = await hub.GetAsync($"devices?{query}", cancellation);
            devices.AddRange((page?["items"] as JsonArray ?? []).Select(item => item!.DeepClone().AsObject()));
            continuation = (string?)page?["continuation"];
        }
        while (continuation is not null && devices.Count < limit);
        return devices;
    }
}
