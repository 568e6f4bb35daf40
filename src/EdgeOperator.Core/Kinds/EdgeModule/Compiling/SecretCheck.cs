using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Kinds.EdgeModule.Compiling;

/// <summary>Whether secrets stand only where the agent puts in their values, and nobody sees them who need not.</summary>
internal static class SecretCheck
{
    public static void Run(EdgeModuleFields spec, MapNode specNode, CreateOptions options, ProblemCollector problems)
    {
        foreach (var (field, value) in options.Body.Where(entry => entry.Key != "Env"))
        {
            if (Holds(value))
                problems.Add(options.At(field), $"{field} can't hold a secret: it would be seen in process lists, labels or the engine's own status", SecretPlaces.Fix);
        }

        foreach (var name in options.Body.GetTexts("Env").Select(variable => variable.Split('=')[0]).Where(SecretReference.IsIn))
            problems.Add(options.At("Env"), "the name of a variable can't hold a secret", "write the name out");
        foreach (var same in spec.SecretFiles.GroupBy(file => file.Path, StringComparer.Ordinal).Where(same => same.Skip(1).Any()))
            problems.Add(specNode.Find("secretFiles")?.KeyWhere ?? specNode.Where, $"two of the secretFiles have the path {Quote.Short(same.Key)}", "give one of them another path");
    }

    private static bool Holds(JsonNode? node) => node switch
    {
        JsonObject map => map.Any(entry => SecretReference.IsIn(entry.Key) || Holds(entry.Value)),
        JsonArray list => list.Any(Holds),
        JsonValue value => value.GetValueKind() == JsonValueKind.String && SecretReference.IsIn(value.GetValue<string>()),
        _ => false,
    };
}
