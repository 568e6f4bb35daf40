using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Kinds.EdgeModule.Compiling;

/// <summary>Reads and extends the engine's create request, in which anything may be missing or null.</summary>
internal static class CreateBody
{
    /// <summary>The value under a path of field names; null when it is missing anywhere on the way.</summary>
    public static JsonNode? Get(this JsonObject body, params ReadOnlySpan<string> path)
    {
        JsonNode? node = body;
        foreach (var name in path)
            node = (node as JsonObject)?[name];
        return node;
    }

    /// <summary>The text under a path; empty when there is none.</summary>
    public static string GetText(this JsonObject body, params ReadOnlySpan<string> path) =>
        body.Get(path) is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    public static long? GetNumber(this JsonObject body, params ReadOnlySpan<string> path) =>
        body.Get(path) is JsonValue value && value.TryGetValue<long>(out var number) ? number : null;

    public static bool GetFlag(this JsonObject body, params ReadOnlySpan<string> path) =>
        body.Get(path) is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    /// <summary>The entries of the mapping under a path.</summary>
    public static IEnumerable<KeyValuePair<string, JsonNode?>> GetMap(this JsonObject body, params ReadOnlySpan<string> path) =>
        body.Get(path) as JsonObject ?? [];

    public static IEnumerable<JsonNode?> GetList(this JsonObject body, params ReadOnlySpan<string> path) =>
        body.Get(path) as JsonArray ?? [];

    public static IEnumerable<string> GetTexts(this JsonObject body, params ReadOnlySpan<string> path) =>
        body.GetList(path).OfType<JsonValue>().Select(item => item.TryGetValue<string>(out var text) ? text : null).OfType<string>();

    /// <summary>The mapping under a path, made where it is missing.</summary>
    public static JsonObject MapAt(this JsonObject body, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
            body = Ensure(body, name, () => new JsonObject());
        return body;
    }

    /// <summary>The list under a name, made where it is missing.</summary>
    public static JsonArray ListAt(this JsonObject body, string name) => Ensure(body, name, () => new JsonArray());

    private static T Ensure<T>(JsonObject map, string name, Func<T> make)
        where T : JsonNode
    {
        if (map[name] is T there)
            return there;
        var made = make();
        map[name] = made;
        return made;
    }
}
