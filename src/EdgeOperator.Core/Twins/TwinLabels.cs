using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Twins;

/// <summary>
/// A device's labels are tags of its twin (<c>tags.labels</c>), which the device protocol does not show to devices. So the hub writes them into
/// the desired properties too, as <c>edgeoperator.labels</c>, whenever they change.
/// </summary>
public static class TwinLabels
{
    private const string Own = "edgeoperator";
    private const string Labels = "labels";

    /// <summary>Has the desired properties follow labels that a write has changed.</summary>
    /// <param name="before">Null for the twin of a module, which has no labels.</param>
    /// <returns>The same when nothing is to be done.</returns>
    public static TwinWriteResult Mirrored(Twin? before, TwinWriteResult written, DateTimeOffset now)
    {
        if (before is null || written.Twin is not { } twin || JsonNode.DeepEquals(before.Tags[Labels], twin.Tags[Labels]))
            return written;
        var labels = Of(twin.Tags[Labels]);
        var there = (twin.Desired.Values[Own] as JsonObject)?[Labels] as JsonObject;
        if (labels is null ? there is null : there is not null && JsonNode.DeepEquals(there, labels))
            return written;
        var patch = new JsonObject { [Own] = new JsonObject { [Labels] = labels is null ? null : TwinMerge.Difference(there ?? [], labels) } };
        var mirrored = TwinWrite.Patch(twin, null, patch, now);
        return mirrored.Twin is null ? mirrored : mirrored with
        {
            // One write of the caller's is one version, also when both sections have changed.
            Twin = mirrored.Twin with { Version = twin.Version },
            Notification = Joined(written.Notification, patch),
        };
    }

    /// <summary>Labels as tags have them; null when they are in another form, and so are somebody else's.</summary>
    public static JsonObject? Of(JsonNode? tag) =>
        tag is JsonObject labels && labels.All(label => label.Value is JsonValue value && value.GetValueKind() == JsonValueKind.String) ? labels : null;

    // Nulls in it tell the device what is to be removed, so they are kept.
    private static JsonObject Joined(JsonObject? notification, JsonObject patch)
    {
        var joined = notification?.DeepClone().AsObject() ?? [];
        var own = joined[Own] as JsonObject ?? [];
        own[Labels] = patch[Own]![Labels]?.DeepClone();
        if (own.Parent is null)
            joined[Own] = own;
        return joined;
    }
}
