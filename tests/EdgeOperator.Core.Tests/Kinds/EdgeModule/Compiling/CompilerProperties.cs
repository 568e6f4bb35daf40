using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds.EdgeModule.Compiling;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Kinds.EdgeModule.Compiling;

public sealed class CompilerProperties
{
    private static readonly string[] Names =
    [
        "HostConfig", "hostconfig", "Binds", "Mounts", "PortBindings", "80/tcp", "HostPort", "Memory", "MemorySwap", "NetworkMode",
        "NetworkingConfig", "EndpointsConfig", "Env", "Cmd", "Labels", "edgeoperator.io/x", "RestartPolicy", "Name", "Healthcheck",
        "Interval", "Image", "Target", "Source", "Type", "Tmpfs", "Ulimits", "Soft", "Hard", "", "x",
    ];

    [Fact]
    public void Any_createOptions_give_a_container_or_problems() =>
        Prop.ForAll(Json.ToArbitrary(), json =>
        {
            var compiled = Compiling.Spec($$"""{"createOptions": {{json}}}""");
            return compiled.Container is null == compiled.Problems.Count > 0;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Any_text_as_createOptions_gives_a_container_or_problems() =>
        Prop.ForAll<string>(text =>
        {
            var compiled = Compiling.With(JsonValue.Create(text ?? "").ToJsonString());
            return compiled.Container is null == compiled.Problems.Count > 0;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_hash_does_not_depend_on_the_order_of_keys_or_on_white_space() =>
        Prop.ForAll(Json.Where(json => json.StartsWith('{')).ToArbitrary(), json =>
            Hash(Reversed(JsonNode.Parse(json))!) == Hash(JsonNode.Parse(json)!)).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Canonical_JSON_is_JSON_of_the_same_value() =>
        Prop.ForAll(Json.ToArbitrary(), json =>
        {
            var node = JsonNode.Parse(json);
            return JsonNode.DeepEquals(JsonNode.Parse(Written(node)), node);
        }).QuickCheckThrowOnFailure();

    private static string? Hash(JsonNode options) => Compiling.With(options.ToJsonString()).Container?.Hash;

    private static string Written(JsonNode? node) => CanonicalJson.Write(node);

    private static JsonNode? Reversed(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.Reverse().Select(entry => KeyValuePair.Create(entry.Key, Reversed(entry.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Reversed)]),
        _ => node?.DeepClone(),
    };

    /// <summary>JSON texts of any shape, with white space and the names that mean something to the compiler.</summary>
    private static Gen<string> Json => Gen.Sized(Value);

    private static Gen<string> Value(int size)
    {
        var scalar = Gen.OneOf(
            Gen.Elements("null", "true", "false", "0", "-1", "1.5", "7000000", "6e30", "\"\"", "\"a:b\"", "\"/a:/b\"", "\"tmpfs\"", "\"host\"", "\"80\""),
            ArbMap.Default.GeneratorFor<int>().Select(number => number.ToString()),
            Gen.Elements(Names).Select(name => JsonValue.Create(name)!.ToJsonString()));
        if (size < 2)
            return scalar;
        var inner = Value(size / 2);
        var list = inner.ListOf().Select(items => $"[{string.Join(" ,", items.Take(4))}]");
        var map = Gen.Zip(Gen.Elements(Names), inner).ListOf().Select(entries =>
            $"{{{string.Join(", ", entries.Take(6).DistinctBy(entry => entry.Item1).Select(entry => $"\"{entry.Item1}\" :{entry.Item2}"))}}}");
        return Gen.OneOf(scalar, list, map, map);
    }
}
