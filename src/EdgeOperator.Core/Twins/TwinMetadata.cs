using System.Globalization;
using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Twins;

/// <summary>
/// The document beside a section that says when each of its parts was last written: <c>$lastUpdated</c> at every level of
/// objects, with <c>$lastUpdatedVersion</c> for desired properties. Elements of arrays have none of their own.
/// </summary>
public static class TwinMetadata
{
    private const string Updated = "$lastUpdated";
    private const string UpdatedVersion = "$lastUpdatedVersion";

    /// <summary>Of a section that was never written to.</summary>
    public static JsonObject Initial => new() { [Updated] = "0001-01-01T00:00:00Z" };

    /// <param name="version">The section's new version; null leaves versions out.</param>
    /// <param name="content">The section before the patch.</param>
    /// <returns>The metadata after <paramref name="patch"/>; no argument is changed.</returns>
    public static JsonObject Merged(JsonObject metadata, JsonObject content, JsonObject patch, DateTimeOffset now, long? version)
    {
        var merged = metadata.DeepClone().AsObject();
        Merge(merged, content, patch, Time(now), version);
        return merged;
    }

    /// <summary>A point in time as twins and IoT Hub's REST API write it.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    private static void Merge(JsonObject metadata, JsonObject? content, JsonObject patch, string now, long? version)
    {
        Stamp(metadata, now, version);
        foreach (var (key, value) in patch)
        {
            if (value is null)
            {
                metadata.Remove(key);
                continue;
            }

            var inner = metadata[key] as JsonObject;
            if (inner is null || value is not JsonObject || content?[key] is not JsonObject)
                metadata[key] = inner = [];
            if (value is JsonObject map)
                Merge(inner, content?[key] as JsonObject, map, now, version);
            else
                Stamp(inner, now, version);
        }
    }

    private static void Stamp(JsonObject metadata, string now, long? version)
    {
        metadata[Updated] = now;
        if (version is { } number)
            metadata[UpdatedVersion] = number;
    }
}
