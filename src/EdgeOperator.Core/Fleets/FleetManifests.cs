using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Reading;

namespace EdgeOperator.Core.Fleets;

/// <summary>A fleet that a manifest describes.</summary>
/// <param name="Written">The spec as it was written.</param>
public sealed record FleetManifest(string Name, Position Origin, FleetSpec Spec, JsonObject Written);

/// <summary>Reads manifests of a hub.</summary>
public static class FleetManifests
{
    /// <summary>Reads files of YAML or, by their names, of JSON. Manifests of other kinds are problems.</summary>
    /// <returns>No fleets when there are problems.</returns>
    public static (ImmutableArray<FleetManifest> Fleets, ImmutableArray<Problem> Problems, ImmutableArray<Problem> Warnings) Read(ManifestKinds kinds, IEnumerable<ManifestFile> files)
    {
        var problems = new ProblemCollector();
        var fleets = new List<FleetManifest>();
        foreach (var file in files)
            foreach (var document in Documents(file, problems))
                if (Read(kinds, document, problems) is { } fleet)
                    Add(fleet);
        return (problems.Count == 0 ? [.. fleets] : [], problems.SortedProblems, problems.SortedWarnings);

        void Add(FleetManifest fleet)
        {
            if (fleets.Find(other => other.Name == fleet.Name) is { } other)
                problems.Add(fleet.Origin, $"Fleet/{fleet.Name} is defined twice", $"rename one of them; the other is at {other.Origin}");
            fleets.Add(fleet);
        }
    }

    /// <summary>Reads a spec by itself, as it was written.</summary>
    /// <returns>Null when there are problems.</returns>
    public static (FleetManifest? Fleet, ImmutableArray<Problem> Problems) Read(ManifestKinds kinds, string name, JsonObject spec)
    {
        var manifest = new JsonObject
        {
            ["apiVersion"] = KindNames.ApiVersion,
            ["kind"] = KindNames.Fleet,
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = spec.DeepClone(),
        };
        var (fleets, problems, _) = Read(kinds, [new ManifestFile($"{name}.json", Encoding.UTF8.GetBytes(manifest.ToJsonString()))]);
        return (fleets.FirstOrDefault(), problems);
    }

    private static ImmutableArray<Node> Documents(ManifestFile file, ProblemCollector problems) =>
        !file.Path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? YamlReader.Read(file, problems) : JsonReader.Read(file, problems) is { } root ? [root] : [];

    private static FleetManifest? Read(ManifestKinds kinds, Node node, ProblemCollector problems)
    {
        if (node is not MapNode document)
        {
            problems.Add(node.Where, $"a manifest must be a mapping, not {node.Description}", "start with `apiVersion:`, `kind:`, `metadata:` and `spec:`");
            return null;
        }

        if (Envelope.Open(document, kinds, problems) is not { } definition)
            return null;
        if (definition.Kind != KindNames.Fleet)
        {
            problems.Add(document.Where, $"a hub takes no manifest of kind {definition.Kind}", $"keep it in a source of the devices; a hub takes {KindNames.Fleet}");
            return null;
        }

        var before = problems.Count;
        return definition.Document.Read(document, new("", problems)) is { } canonical && problems.Count == before && document["spec"]?.ToJson() is JsonObject written
            ? new((string)canonical["metadata"]!["name"]!, document.Where, canonical["spec"].Deserialize(FleetJson.Default.FleetSpec)!, written)
            : null;
    }
}
