using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Twins;

/// <summary>JSON for twins: as text, and at random with few keys, so that documents meet in them.</summary>
internal static class TwinJson
{
    public static DateTimeOffset Now { get; } = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);

    public static JsonObject Object(string json) => JsonNode.Parse(json)!.AsObject();

    /// <summary>Objects as text, which FsCheck can print; some of their values are null when <paramref name="withNulls"/>.</summary>
    public static Arbitrary<string> Objects(bool withNulls) => Map(3, withNulls).Select(map => map.ToJsonString()).ToArbitrary();

    private static Gen<JsonObject> Map(int depth, bool withNulls) =>
        Gen.Elements("a", "b", "c", "d").Zip(Value(depth - 1, withNulls)).ArrayOf().Select(entries =>
        {
            var map = new JsonObject();
            foreach (var (key, value) in entries)
                map[key] = value?.DeepClone();
            return map;
        });

    private static Gen<JsonNode?> Value(int depth, bool withNulls)
    {
        var scalars = Gen.Elements("1", "2", "true", "\"x\"", "[1,{\"a\":1}]", withNulls ? "null" : "false").Select(text => JsonNode.Parse(text));
        return depth == 0 ? scalars : Gen.OneOf(scalars, Map(depth, withNulls).Select(map => (JsonNode?)map));
    }
}
