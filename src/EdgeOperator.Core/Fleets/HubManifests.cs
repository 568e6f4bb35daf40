using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Reading;
using EdgeOperator.Core.Repositories;

namespace EdgeOperator.Core.Fleets;

/// <summary>A manifest of a hub: a fleet or a repository.</summary>
/// <param name="Written">The spec as it was written.</param>
/// <param name="Fleet">Null for another kind.</param>
/// <param name="Repository">Null for another kind.</param>
public sealed record HubManifest(string Kind, string Name, Position Origin, JsonObject Written, FleetSpec? Fleet = null, RepositorySpec? Repository = null);

/// <summary>Reads manifests of a hub.</summary>
public static class HubManifests
{
    /// <summary>Reads files of YAML or, by their names, of JSON. Manifests of other kinds are problems.</summary>
    /// <returns>No manifests when there are problems.</returns>
    public static (ImmutableArray<HubManifest> Manifests, ImmutableArray<Problem> Problems, ImmutableArray<Problem> Warnings) Read(ManifestKinds kinds, IEnumerable<ManifestFile> files) =>
        Read(kinds, files, repository: null);

    /// <summary>Reads the fleets in a repository, in which manifests of other kinds are somebody else's.</summary>
    /// <param name="repository">The name of the hub's repository.</param>
    /// <returns>No fleets when there are problems.</returns>
    public static (ImmutableArray<HubManifest> Fleets, ImmutableArray<Problem> Problems) ReadFleets(ManifestKinds kinds, IEnumerable<ManifestFile> files, string repository)
    {
        var (fleets, problems, _) = Read(kinds, files.Where(MayHaveFleet), repository);
        return (fleets, problems);
    }

    /// <summary>Reads a spec by itself, as it was written.</summary>
    /// <returns>Null when there are problems.</returns>
    public static (HubManifest? Manifest, ImmutableArray<Problem> Problems) Read(ManifestKinds kinds, string kind, string name, JsonObject spec)
    {
        var manifest = new JsonObject
        {
            ["apiVersion"] = KindNames.ApiVersion,
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = spec.DeepClone(),
        };
        var (manifests, problems, _) = Read(kinds, [new ManifestFile($"{name}.json", Encoding.UTF8.GetBytes(manifest.ToJsonString()))]);
        return (manifests.FirstOrDefault(), problems);
    }

    private static (ImmutableArray<HubManifest> Manifests, ImmutableArray<Problem> Problems, ImmutableArray<Problem> Warnings) Read(ManifestKinds kinds, IEnumerable<ManifestFile> files, string? repository)
    {
        var problems = new ProblemCollector();
        var manifests = new List<HubManifest>();
        foreach (var file in files)
            foreach (var document in Documents(file, problems))
                if ((repository is null || IsFleet(document)) && Read(kinds, document, repository, problems) is { } manifest)
                    Add(manifest);
        return (problems.Count == 0 ? [.. manifests] : [], problems.SortedProblems, problems.SortedWarnings);

        void Add(HubManifest manifest)
        {
            if (manifests.Find(other => other.Kind == manifest.Kind && other.Name == manifest.Name) is { } other)
                problems.Add(manifest.Origin, $"{manifest.Kind}/{manifest.Name} is defined twice", $"rename one of them; the other is at {other.Origin}");
            manifests.Add(manifest);
        }
    }

    // A repository may hold files of any kind, which need not even be YAML as it is understood here.
    private static bool MayHaveFleet(ManifestFile file) =>
        Path.GetExtension(file.Path).ToLowerInvariant() is ".yaml" or ".yml" or ".json" && file.Refused is null
        && file.Content.Span.IndexOf("kind"u8) >= 0 && file.Content.Span.IndexOf("Fleet"u8) >= 0 && file.Content.Span.IndexOf("edgeoperator.io/"u8) >= 0;

    private static bool IsFleet(Node document) => document is MapNode map && map["kind"] is ScalarNode { Text: KindNames.Fleet } && map["apiVersion"] is ScalarNode { Text: var version } && version.StartsWith("edgeoperator.io/", StringComparison.Ordinal);

    private static ImmutableArray<Node> Documents(ManifestFile file, ProblemCollector problems) =>
        !file.Path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? YamlReader.Read(file, problems) : JsonReader.Read(file, problems) is { } root ? [root] : [];

    private static HubManifest? Read(ManifestKinds kinds, Node node, string? repository, ProblemCollector problems)
    {
        if (node is not MapNode document)
        {
            problems.Add(node.Where, $"a manifest must be a mapping, not {node.Description}", "start with `apiVersion:`, `kind:`, `metadata:` and `spec:`");
            return null;
        }

        if (Envelope.Open(document, kinds, problems) is not { } definition)
            return null;
        if (!definition.IsForHub)
        {
            problems.Add(document.Where, $"a hub takes no manifest of kind {definition.Kind}", $"keep it in a source of the devices; a hub takes {KindNames.Fleet} and {KindNames.Repository}");
            return null;
        }

        var before = problems.Count;
        if (definition.Document.Read(document, new("", problems)) is not { } canonical || problems.Count > before || document["spec"]?.ToJson() is not JsonObject written)
            return null;
        var name = (string)canonical["metadata"]!["name"]!;
        return definition.Kind == KindNames.Repository
            ? new(definition.Kind, name, document.Where, written, Repository: RepositorySpec.Of(name, canonical["spec"]!))
            : Fleet(name, document, written, canonical["spec"].Deserialize(FleetJson.Default.FleetSpec)!, repository, problems);
    }

    private static HubManifest? Fleet(string name, MapNode document, JsonObject written, FleetSpec spec, string? repository, ProblemCollector problems)
    {
        // What stands beside the devices' manifests means those.
        if (repository is not null && spec.Source is { Repository: null } source && !(source is { Ref.Commit: not null, Path: "" }))
        {
            spec = spec with { Source = source with { Repository = repository } };
            written["source"]!.AsObject()["repository"] = repository;
        }

        var where = document["spec"] is MapNode map && map["source"] is { } at ? at.Where : document.Where;
        if (spec.Source is { Repository: null, Ref.Commit: null })
            problems.Add(where, "spec.source names no commit, and no repository of the hub", "write `repository`, or `ref: {commit: …}` for a Git source of the devices' own");
        else if (spec.Source is { Repository: null, Path: not "" })
            problems.Add(where, "spec.source.path has no effect without a repository of the hub", "write `repository`, or set the path in the devices' own configuration");
        else
            return new(KindNames.Fleet, name, document.Where, written, spec);
        return null;
    }
}
