using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Artifacts;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Twins;

/// <summary>
/// The artifacts that a twin names, as files of its source: those of each in a folder of its own, and a list of which they are. No
/// file of a repository or folder can have such paths.
/// </summary>
public static class TwinDelivery
{
    private const string Index = "/twin/sources.json";
    private const string Folder = "/twin/sources/";

    /// <summary>The list of the artifacts.</summary>
    public static ManifestFile IndexOf(IEnumerable<TwinArtifact> artifacts)
    {
        var index = new JsonObject();
        foreach (var artifact in artifacts)
            index[artifact.Name] = new JsonObject { ["revision"] = artifact.Revision, ["digest"] = ArtifactDigest.OfHash(artifact.Hash) };
        return new(Index, Encoding.UTF8.GetBytes(index.ToJsonString())) { IsManifest = false };
    }

    /// <summary>An artifact's files where they lie in the twin's source.</summary>
    public static IEnumerable<ManifestFile> Placed(TwinArtifact artifact, IEnumerable<ManifestFile> files) =>
        files.Select(file => file with { Path = $"{Folder}{artifact.Name}/{file.Path}" });

    /// <summary>What the files of a source came from: those of its artifacts apart, and last, so that they win, the source's own.</summary>
    public static ImmutableArray<ManifestSource> SourcesOf(string source, ImmutableArray<ManifestFile> files)
    {
        var placed = files.Where(f => f.Path.StartsWith(Folder, StringComparison.Ordinal)).ToLookup(f => f.Path[Folder.Length..f.Path.IndexOf('/', Folder.Length)], StringComparer.Ordinal);
        var artifacts = placed.OrderBy(a => a.Key, StringComparer.Ordinal)
            .Select(a => new ManifestSource(a.Key, [.. a.Select(file => file with { Path = file.Path[(Folder.Length + a.Key.Length + 1)..] })]));
        var own = files.RemoveAll(f => f.Path == Index || f.Path.StartsWith(Folder, StringComparison.Ordinal));
        return [.. artifacts, .. own.IsEmpty && placed.Count > 0 ? [] : new[] { new ManifestSource(source, own) }];
    }

    /// <summary>Which artifacts the files of a source came from; none for a source without any.</summary>
    public static ImmutableArray<TwinArtifact> ArtifactsOf(IEnumerable<ManifestFile> files)
    {
        if (files.FirstOrDefault(f => f.Path == Index) is not { } index)
            return [];
        try
        {
            return TwinSources.Of(new() { ["edgeoperator"] = new JsonObject { ["sources"] = JsonNode.Parse(index.Content.Span) } }).Sources.Artifacts;
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
