using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Twins;

/// <summary>What the hub itself writes into a device's desired properties, <c>edgeoperator.NAME</c>, in the same write as somebody else's.</summary>
internal static class HubProperty
{
    private const string Own = "edgeoperator";

    public static JsonObject? Of(Twin twin, string name) => (twin.Desired.Values[Own] as JsonObject)?[name] as JsonObject;

    /// <summary>A write, with the property as it is to be.</summary>
    /// <param name="value">Null removes it.</param>
    /// <returns>The same when nothing is to be done.</returns>
    public static TwinWriteResult Set(TwinWriteResult written, string name, JsonObject? value, DateTimeOffset now)
    {
        if (written.Twin is not { } twin)
            return written;
        var there = Of(twin, name);
        if (value is null ? there is null : there is not null && JsonNode.DeepEquals(there, value))
            return written;
        var patch = new JsonObject { [Own] = new JsonObject { [name] = value is null ? null : TwinMerge.Difference(there ?? [], value) } };
        var result = TwinWrite.Patch(twin, null, patch, now);
        return result.Twin is null ? result : result with
        {
            // One write of the caller's is one version, also when both sections have changed.
            Twin = result.Twin with { Version = twin.Version },
            Notification = Joined(written.Notification, patch, name),
        };
    }

    // Nulls in it tell the device what is to be removed, so they are kept.
    private static JsonObject Joined(JsonObject? notification, JsonObject patch, string name)
    {
        var joined = notification?.DeepClone().AsObject() ?? [];
        var own = joined[Own] as JsonObject ?? [];
        own[name] = patch[Own]![name]?.DeepClone();
        if (own.Parent is null)
            joined[Own] = own;
        return joined;
    }
}
