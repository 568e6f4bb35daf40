using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Twins.Configurations;

/// <summary>Parts of desired properties by a path of names with dots between them. Nothing given is changed: each method makes a copy.</summary>
internal static class TwinPath
{
    /// <param name="path">Empty for everything.</param>
    /// <param name="value">Null removes the part.</param>
    public static JsonObject Set(JsonObject values, string path, JsonNode? value)
    {
        if (value is null)
            return Without(values, path);
        if (path.Length == 0)
            return value.DeepClone().AsObject();
        var copy = values.DeepClone().AsObject();
        var names = path.Split('.');
        var parent = copy;
        foreach (var name in names[..^1])
        {
            if (parent[name] is not JsonObject)
                parent[name] = new JsonObject();
            parent = parent[name]!.AsObject();
        }

        parent[names[^1]] = value.DeepClone();
        return copy;
    }

    /// <summary>Removes a part, and objects around it that hold nothing else.</summary>
    public static JsonObject Without(JsonObject values, string path)
    {
        if (path.Length == 0)
            return [];
        var copy = values.DeepClone().AsObject();
        Remove(copy, path.Split('.'));
        return copy;
    }

    private static void Remove(JsonObject values, ReadOnlySpan<string> names)
    {
        if (names.Length == 1)
        {
            values.Remove(names[0]);
        }
        else if (values[names[0]] is JsonObject inner && Has(inner, names[1..]))
        {
            Remove(inner, names[1..]);
            if (inner.Count == 0)
                values.Remove(names[0]);
        }
    }

    private static bool Has(JsonObject values, ReadOnlySpan<string> names) =>
        values.TryGetPropertyValue(names[0], out var value) && (names.Length == 1 || (value is JsonObject inner && Has(inner, names[1..])));
}
