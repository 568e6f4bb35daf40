using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Twins;

/// <summary>
/// What a hub offers beyond Azure IoT Hub, told to agents in <c>properties.desired.edgeoperator.hub</c>: <c>{"snapshots": true}</c>. Only twins of
/// devices that have reported as agents do have it.
/// </summary>
public static class TwinHub
{
    private const string Hub = "hub";
    private const string Snapshots = "snapshots";

    /// <summary>Whether the hub takes the device's snapshots.</summary>
    public static bool TakesSnapshots(JsonObject desired) => (desired["edgeoperator"] as JsonObject)?[Hub]?[Snapshots] is JsonValue value && value.GetValueKind() == JsonValueKind.True;

    /// <summary>Whether what a device reports is an agent's first report, or that of another version of it.</summary>
    public static bool IsAgent(JsonObject reported) => (reported["edgeoperator"] as JsonObject)?["agentVersion"] is not null;

    /// <summary>A write that tells a twin's device what the hub offers.</summary>
    /// <returns>Null when it is told already.</returns>
    public static TwinWriteResult? Offer(Twin twin, DateTimeOffset now) => TakesSnapshots(twin.Desired.Values)
        ? null
        : HubProperty.Set(new(twin with { Version = twin.Version + 1 }, null, null), Hub, Offered(), now);

    /// <summary>A write that leaves what the hub offers as it was, also when all desired properties are replaced.</summary>
    public static TwinWriteResult Kept(Twin before, TwinWriteResult written, DateTimeOffset now) =>
        TakesSnapshots(before.Desired.Values) && written.Twin is { } twin && !TakesSnapshots(twin.Desired.Values) ? HubProperty.Set(written, Hub, Offered(), now) : written;

    private static JsonObject Offered() => new() { [Snapshots] = true };
}
