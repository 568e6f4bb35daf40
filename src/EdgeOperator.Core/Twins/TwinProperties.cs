using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Twins;

/// <summary>Desired or reported properties. The JSON inside is never changed after construction.</summary>
/// <param name="Version">1 for a new twin, and one more with every accepted write.</param>
public sealed record TwinProperties(JsonObject Values, JsonObject Metadata, long Version)
{
    public static TwinProperties Initial => new([], TwinMetadata.Initial, 1);

    public TwinProperties Patched(TwinSection section, JsonObject patch, DateTimeOffset now) =>
        new(TwinMerge.Merged(Values, patch), TwinMetadata.Merged(Metadata, Values, patch, now, VersionFor(section)), Version + 1);

    public TwinProperties Replaced(TwinSection section, JsonObject values, DateTimeOffset now) =>
        new(values, TwinMetadata.Merged([], [], values, now, VersionFor(section)), Version + 1);

    /// <summary>As a device reads them: with <c>$version</c>, without metadata.</summary>
    public JsonObject ForDevice()
    {
        var document = Values.DeepClone().AsObject();
        document["$version"] = Version;
        return document;
    }

    /// <summary>As the service reads them: with <c>$metadata</c> and <c>$version</c>.</summary>
    public JsonObject ForService()
    {
        var document = Values.DeepClone().AsObject();
        document["$metadata"] = Metadata.DeepClone();
        document["$version"] = Version;
        return document;
    }

    private long? VersionFor(TwinSection section) => section == TwinSection.Desired ? Version + 1 : null;
}
