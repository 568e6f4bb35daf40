using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Twins;

/// <summary>How what is written becomes part of what is there.</summary>
public static class TwinMerge
{
    /// <summary>
    /// Objects are merged, null removes a key, everything else replaces what was there (JSON Merge Patch, RFC 7396).
    /// Neither argument is changed.
    /// </summary>
    public static JsonObject Merged(JsonObject content, JsonObject patch)
    {
        var merged = content.DeepClone().AsObject();
        Merge(merged, patch);
        return merged;
    }

    /// <summary>The patch that makes <paramref name="to"/> of <paramref name="from"/>: all of <paramref name="to"/>, and null for each key that only <paramref name="from"/> has.</summary>
    /// <remarks>This is how a device is notified of a replacement: values that stay the same are among them, as IoT Hub sends them.</remarks>
    public static JsonObject Difference(JsonObject from, JsonObject to)
    {
        var patch = new JsonObject();
        foreach (var (key, value) in to)
            patch[key] = value is JsonObject inner && from[key] is JsonObject before ? Difference(before, inner) : value?.DeepClone();
        foreach (var (key, _) in from)
            if (!to.ContainsKey(key))
                patch[key] = null;
        return patch;
    }

    /// <summary>The smallest patch that makes <paramref name="to"/> of <paramref name="from"/>: what is equal is left out.</summary>
    public static JsonObject Changes(JsonObject from, JsonObject to)
    {
        var patch = new JsonObject();
        foreach (var (key, value) in to)
        {
            if (from.TryGetPropertyValue(key, out var before) && JsonNode.DeepEquals(before, value))
                continue;
            patch[key] = value is JsonObject inner && before is JsonObject outer ? Changes(outer, inner) : value?.DeepClone();
        }

        foreach (var (key, _) in from)
            if (!to.ContainsKey(key))
                patch[key] = null;
        return patch;
    }

    /// <summary>A copy without keys whose value is null, at any level below objects.</summary>
    public static JsonObject WithoutNulls(JsonObject content) => Merged([], content);

    private static void Merge(JsonObject content, JsonObject patch)
    {
        foreach (var (key, value) in patch)
        {
            if (value is null)
                content.Remove(key);
            else if (value is not JsonObject inner)
                content[key] = value.DeepClone();
            else if (content[key] is JsonObject existing)
                Merge(existing, inner);
            else
                content[key] = Merged([], inner);
        }
    }
}
