using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Hub.Devices;

/// <summary>Devices as a hub lists them.</summary>
internal static class DeviceTable
{
    public static Grid Of(IEnumerable<JsonObject> devices, Printer printer)
    {
        var grid = printer.IsWide
            ? new Grid("DEVICE", new("CONNECTED", 1), new("READY", 2), new("RESOURCES", 4), new("REVISION", 3), new("LAST GOOD", 6), new("SEEN", 5), new("AGENT", 8), new("LABELS", 7, Wraps: true), Column.Message)
            : new Grid("DEVICE", new("CONNECTED", 1), new("READY", 2), new("RESOURCES", 4), new("REVISION", 3, IsId: true), new("SEEN", 5), new("LABELS", 7, Wraps: true), Column.Message);
        foreach (var device in devices)
            grid.Add(printer.IsWide ? Wide(device, printer) : Row(device, printer));
        return grid;
    }

    /// <summary>One device in full.</summary>
    public static Grid Facts(JsonObject device, Printer printer)
    {
        var grid = new Grid();
        Add("Device", new((string?)device["deviceId"] ?? "", Tone.Strong));
        Add("Connected", Connected(device));
        Add("Enabled", (bool?)device["enabled"] == true ? "yes" : new Cell("no: it may not connect", Tone.Bad));
        Add("Seen", Seen(device, printer));
        Add("Labels", Labels(device));
        Add("Agent", (string?)device["agentVersion"]);
        Add("Recipient", (string?)device["recipient"]);
        Add("Ready", Ready(device));
        Add("Why", (string?)device["message"]);
        Add("Resources", Resources(device));
        Add("Revision", (string?)device["applied"]);
        Add("Last good", (string?)device["lastGood"]);
        return grid;

        void Add(string name, Cell value)
        {
            if (value.Text.Length > 0)
                grid.Add(new(name, Tone.Faint), value);
        }
    }

    private static Cell[] Row(JsonObject device, Printer printer) =>
        [Name(device), Connected(device), Ready(device), Resources(device), (string?)device["applied"], Seen(device, printer), Labels(device), Message(device)];

    private static Cell[] Wide(JsonObject device, Printer printer) =>
        [Name(device), Connected(device), Ready(device), Resources(device), (string?)device["applied"], (string?)device["lastGood"], Seen(device, printer), (string?)device["agentVersion"], Labels(device), Message(device)];

    private static Cell Name(JsonObject device) => new((string?)device["deviceId"] ?? "", Tone.Strong);

    private static Cell Connected(JsonObject device) => (bool?)device["connected"] == true ? new("yes", Tone.Good) : new("no", Tone.Faint);

    private static Cell Ready(JsonObject device) => (string?)device["ready"] switch
    {
        null => new Cell(""),
        "True" => new Cell("True", Tone.Good),
        "False" => new Cell("False", Tone.Bad),
        var other => new Cell(other, Tone.Faint),
    };

    // What is as it should be says nothing that the other columns don't.
    private static Cell Message(JsonObject device) => (string?)device["ready"] == "True" ? null : (string?)device["message"];

    private static Cell Resources(JsonObject device) =>
        (int?)device["resources"] is { } all ? string.Create(CultureInfo.InvariantCulture, $"{(int?)device["readyResources"] ?? 0}/{all}") : "";

    private static Cell Seen(JsonObject device, Printer printer) =>
        (string?)device["lastActivity"] is { } text ? printer.Times.Moment(DateTimeOffset.Parse(text, CultureInfo.InvariantCulture)) : "never";

    private static Cell Labels(JsonObject device) =>
        string.Join(' ', (device["labels"] as JsonObject ?? []).OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"));
}
