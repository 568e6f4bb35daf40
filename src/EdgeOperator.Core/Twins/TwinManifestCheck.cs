using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Twins;

/// <summary>
/// Whether the manifests that a write puts into a device's twin are in order, before they are accepted. They are read as for any device, so
/// that nothing is refused for a variable or label whose value only the device knows.
/// </summary>
public static class TwinManifestCheck
{
    private const string Path = "properties.desired.edgeoperator.manifests";

    /// <summary>Refuses a write that would leave manifests with problems which it has brought.</summary>
    /// <param name="before">The twin that was written to.</param>
    /// <returns>The same when there is none.</returns>
    public static TwinWriteResult Checked(this TwinWriteResult written, Twin before, ManifestKinds kinds) =>
        written.Twin is { } twin && Find(before.Desired.Values, twin.Desired.Values, kinds) is { } problem ? new(null, null, problem) : written;

    /// <summary>
    /// What is wrong with manifests that <paramref name="before"/> does not have, or has otherwise, and with how they go together; null for nothing. What was
    /// wrong already and stays as it is counts for nothing, so that the rest of such a twin can be changed.
    /// </summary>
    public static TwinProblem? Find(JsonObject before, JsonObject after, ManifestKinds kinds)
    {
        var (old, written) = (TwinManifests.SpecsOf(before), TwinManifests.SpecsOf(after));
        if (JsonNode.DeepEquals(old, written))
            return null;
        var changed = written.Where(m => !old.TryGetPropertyValue(m.Key, out var spec) || !JsonNode.DeepEquals(spec, m.Value)).Select(m => m.Key).ToHashSet(StringComparer.Ordinal);
        if (changed.Count == 0)
            return null;
        var known = Problems(old, kinds).ToHashSet();
        var found = Problems(written, kinds).Where(p => changed.Contains(p.Manifest) || !known.Contains(p)).Select(p => $"{p.Manifest}: {p.What}").ToArray();
        return found.Length == 0 ? null : new(Path, string.Join("; ", found));
    }

    private static IEnumerable<(string Manifest, string What)> Problems(JsonObject specs, ManifestKinds kinds)
    {
        if (specs.Count == 0)
            return [];
        var files = TwinManifests.FilesOf(specs);
        var names = files.ToLookup(f => f.File.Path, f => f.Name);
        var context = RenderContext.AnyDevice with { Elsewhere = Elsewhere(specs) };
        var read = ManifestReader.Read(kinds, "", [new("twin", [.. files.Select(f => f.File)])], context);
        return read.Problems.Select(p => (names[p.Where.File].FirstOrDefault(p.Where.File), $"{p.What} ({p.Fix})"));
    }

    // Other sources of the device may deliver what the twin does not have.
    private static ImmutableHashSet<ResourceId> Elsewhere(JsonObject specs)
    {
        var elsewhere = ImmutableHashSet.CreateBuilder<ResourceId>();
        foreach (var dependency in specs.SelectMany(m => (m.Value as JsonObject)?["dependsOn"] as JsonArray ?? []))
            if (dependency is JsonValue value && value.TryGetValue<string>(out var name) && ResourceId.TryParse(name, out var id) && !specs.ContainsKey(name))
                elsewhere.Add(id);
        return elsewhere.ToImmutable();
    }
}
