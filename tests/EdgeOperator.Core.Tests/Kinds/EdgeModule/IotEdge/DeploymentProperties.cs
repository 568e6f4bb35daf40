using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds.EdgeModule.IotEdge;
using EdgeOperator.Core.Manifests;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Kinds.EdgeModule.IotEdge;

public sealed class DeploymentProperties
{
    private static readonly string Sample = Path.Combine(AppContext.BaseDirectory, "Kinds", "EdgeModule", "IotEdge", "Cases", "startup-order", "deployment.json");

    private static readonly string[] Odd =
        ["null", "true", "[]", "{}", "-1", "1e300", "\"\"", "\"${X}\"", "\"${\"", "\"$upstream:443/x\"", "\"{\"", "\"{\\\"Env\\\":[1]}\"", "[{\"a\":[null]}]", "{\"value\":{}}"];

    [Fact]
    public void A_manifest_with_anything_anywhere_gives_modules_or_problems()
    {
        var text = File.ReadAllText(Sample);
        var places = Paths(JsonNode.Parse(text)).Count();
        var damage = Gen.Zip(Gen.Choose(0, places - 1), Gen.Elements(Odd)).ListOf().Select(list => list.Take(4).ToArray()).ToArbitrary();

        Prop.ForAll(damage, changes =>
        {
            var document = JsonNode.Parse(text)!;
            foreach (var (place, value) in changes)
                Set(document, Paths(document).ElementAtOrDefault(place) ?? [], JsonNode.Parse(value));
            var node = Compiling.Compiling.Node("d.json", document.ToJsonString());
            var problems = new ProblemCollector();
            if (!IotEdgeDeployment.Matches(node))
                return true;
            var modules = IotEdgeDeployment.Read(node, new(Device: null), problems).Modules;
            return problems.Count > 0 || modules.All(module => JsonNode.Parse(module.Container.CreateBody) is JsonObject);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    private static IEnumerable<string[]> Paths(JsonNode? node) => node is JsonObject map
        ? map.SelectMany(entry => Paths(entry.Value).Prepend([]).Select(path => (string[])[entry.Key, .. path]))
        : [];

    private static void Set(JsonNode document, string[] path, JsonNode? value)
    {
        if (path.Length == 0)
            return;
        var map = document;
        foreach (var name in path[..^1])
            map = map[name]!;
        map[path[^1]] = value;
    }
}
