using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Twins;

/// <summary>
/// A device's labels are tags of its twin (<c>tags.labels</c>), which the device protocol does not show to devices. So the hub writes them into
/// the desired properties too, as <c>edgeoperator.labels</c>, whenever they change.
/// </summary>
public static class TwinLabels
{
    private const string Labels = "labels";

    /// <summary>Has the desired properties follow labels that a write has changed.</summary>
    /// <param name="before">Null for the twin of a module, which has no labels.</param>
    /// <returns>The same when nothing is to be done.</returns>
    public static TwinWriteResult Mirrored(Twin? before, TwinWriteResult written, DateTimeOffset now) =>
        before is null || written.Twin is not { } twin || JsonNode.DeepEquals(before.Tags[Labels], twin.Tags[Labels])
            ? written
            : HubProperty.Set(written, Labels, Of(twin.Tags[Labels]), now);

    /// <summary>Labels as tags have them; null when they are in another form, and so are somebody else's.</summary>
    public static JsonObject? Of(JsonNode? tag) =>
        tag is JsonObject labels && labels.All(label => label.Value is JsonValue value && value.GetValueKind() == JsonValueKind.String) ? labels : null;
}
