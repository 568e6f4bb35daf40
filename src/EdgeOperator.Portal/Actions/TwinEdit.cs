using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeOperator.Portal.Actions;

/// <summary>Makes of a twin as somebody has edited it the patch that changes it so (RFC 7396, which is how twins are patched).</summary>
public static class TwinEdit
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What of a twin can be edited: tags and desired properties, without what the hub adds.</summary>
    public static JsonObject EditableOf(JsonObject twin)
    {
        var desired = twin["properties"]?["desired"]?.DeepClone() as JsonObject ?? [];
        desired.Remove("$metadata");
        desired.Remove("$version");
        return new() { ["tags"] = twin["tags"]?.DeepClone() ?? new JsonObject(), ["properties"] = new JsonObject { ["desired"] = desired } };
    }

    public static string TextOf(JsonNode document) => document.ToJsonString(Indented);

    /// <exception cref="ActionInputException">It is no JSON, or has other sections.</exception>
    public static JsonObject Parse(string text)
    {
        try
        {
            if (JsonNode.Parse(text, documentOptions: new() { MaxDepth = 64, AllowDuplicateProperties = false }) is not JsonObject edited)
                throw new ActionInputException("the twin is a JSON object with tags and properties.desired");
            if (edited.FirstOrDefault(p => p.Key is not ("tags" or "properties")) is { Key: { } other })
                throw new ActionInputException($"'{other}' can't be changed here: only tags and properties.desired can");
            if (edited["tags"] is not JsonObject || edited["properties"] is not JsonObject { Count: 1 } properties || properties["desired"] is not JsonObject)
                throw new ActionInputException("tags and properties.desired have to be objects; empty ones, if nothing is in them");
            return edited;
        }
        catch (JsonException e)
        {
            throw new ActionInputException($"this is no JSON (line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}): {e.Message.Split(" LineNumber")[0]}");
        }
    }

    /// <returns>Empty when nothing differs.</returns>
    public static JsonObject Patch(JsonObject before, JsonObject after)
    {
        var patch = new JsonObject();
        foreach (var (name, value) in after)
        {
            if (!before.TryGetPropertyValue(name, out var old) || old is null)
                patch[name] = value?.DeepClone();
            else if (value is JsonObject newMap && old is JsonObject oldMap && newMap.Count > 0)
                Add(patch, name, Patch(oldMap, newMap), newMap, oldMap);
            else if (!JsonNode.DeepEquals(value, old))
                patch[name] = value is JsonObject { Count: 0 } && old is JsonObject emptied ? Removal(emptied) : value?.DeepClone();
        }

        foreach (var (name, _) in before)
            if (!after.ContainsKey(name))
                patch[name] = null;
        return patch;
    }

    private static void Add(JsonObject patch, string name, JsonObject inner, JsonObject after, JsonObject before)
    {
        if (inner.Count > 0 && !JsonNode.DeepEquals(after, before))
            patch[name] = inner;
    }

    // An empty object in a patch changes nothing, so each member is removed.
    private static JsonObject Removal(JsonObject map)
    {
        var removal = new JsonObject();
        foreach (var (name, _) in map)
            removal[name] = null;
        return removal;
    }
}
