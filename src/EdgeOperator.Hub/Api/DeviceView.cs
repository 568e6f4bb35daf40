using System.Text.Json.Nodes;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Twins;

namespace EdgeOperator.Hub.Api;

/// <summary>A device as lists show it: what its twin and its presence say, in short.</summary>
internal sealed record DeviceView
{
    public required string DeviceId { get; init; }

    /// <summary>Whether it may connect.</summary>
    public required bool Enabled { get; init; }

    public required bool Connected { get; init; }

    /// <summary>When it was last heard of; null for never.</summary>
    public DateTime? LastActivity { get; init; }

    public required JsonObject Labels { get; init; }

    /// <summary>For whom secrets for the device are encrypted, as it reports it: an age recipient.</summary>
    public string? Recipient { get; init; }

    /// <summary>Of the agent; null for a device without one.</summary>
    public string? AgentVersion { get; init; }

    /// <summary>The revision that the device is being kept equal to, as it reports.</summary>
    public string? Applied { get; init; }

    /// <summary>The last revision that passed its health gate, as the device reports.</summary>
    public string? LastGood { get; init; }

    /// <summary><c>True</c>, <c>False</c> or <c>Unknown</c>, as the device reports; null when it does not.</summary>
    public string? Ready { get; init; }

    /// <summary>Why it is not Ready.</summary>
    public string? Message { get; init; }

    public int? Resources { get; init; }

    public int? ReadyResources { get; init; }

    /// <param name="twin">As the service API writes it.</param>
    public static DeviceView Of(JsonObject twin)
    {
        var report = twin["properties"]?["reported"]?["edgeoperator"] as JsonObject;
        var ready = (report?["conditions"] as JsonObject)?[Condition.Ready] as JsonObject;
        var counts = report?["counts"] as JsonObject;
        return new()
        {
            DeviceId = twin["deviceId"]!.GetValue<string>(),
            Enabled = twin["status"]?.GetValue<string>() == "enabled",
            Connected = twin["connectionState"]?.GetValue<string>() == "Connected",
            LastActivity = twin["lastActivityTime"]?.GetValue<string>() is { } text && DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture) is { Year: > 1 } time ? time.UtcDateTime : null,
            Labels = TwinLabels.Of(twin["tags"]?["labels"])?.DeepClone().AsObject() ?? [],
            Recipient = Text(report?["recipient"]),
            AgentVersion = Text(report?["agentVersion"]),
            Applied = Text(report?["applied"]),
            LastGood = Text(report?["lastGood"]),
            Ready = Text(ready?["status"]),
            Message = Text(ready?["message"]),
            Resources = Number(counts?["resources"]),
            ReadyResources = Number(counts?["ready"]),
        };
    }

    /// <summary>Since when a condition has the status that it has, by the metadata of reported properties.</summary>
    /// <returns>Null when that is not known.</returns>
    public static DateTime? SinceOf(JsonObject metadata, string condition) =>
        Text(metadata["edgeoperator"]?["conditions"]?[condition]?["status"]?["$lastUpdated"]) is { } text
        && DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var time) ? time.UtcDateTime : null;

    // A device may report anything.
    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static int? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;
}

/// <param name="Continuation">For the next page; null at the end.</param>
internal sealed record DeviceList(IReadOnlyList<DeviceView> Items, string? Continuation);
