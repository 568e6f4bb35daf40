using System.Text.Json.Nodes;

namespace EdgeOperator.Testing;

internal static class EngineJson
{
    public static IEnumerable<string> Ids(string list) =>
        JsonNode.Parse(list)!.AsArray().Select(item => (string)item!["Id"]!);
}
