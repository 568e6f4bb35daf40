using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>Makes a resource of a document that has been checked: the kind binds its own fields, here come those that all kinds have.</summary>
/// <param name="canonical">The document in canonical form.</param>
/// <param name="rendered">The document as written, for positions.</param>
/// <param name="secrets">The Secrets of the same manifests.</param>
internal sealed class ResourceBinder(ManifestKind kind, JsonObject canonical, MapNode rendered, SecretTable? secrets, ProblemCollector problems)
{
    private const string OwnPrefix = "edgeoperator.io/";
    private const string PruneAnnotation = OwnPrefix + "prune";

    private readonly Metadata _metadata = canonical["metadata"].Deserialize(ManifestJson.Default.Metadata)!;
    private readonly CommonSpec _common = canonical["spec"].Deserialize(ManifestJson.Default.CommonSpec)!;

    /// <param name="manifest">The path of the manifest's own file.</param>
    /// <returns>Null after a problem.</returns>
    public Resource? Bind(SourceFiles files, string manifest)
    {
        var resource = kind.Bind(new(new(kind.Name, _metadata.Name), rendered, canonical["spec"]!, files, manifest, problems) { Secrets = secrets });
        return resource is null ? null : resource with
        {
            DependsOn = [.. _common.DependsOn.Select(text => ResourceId.TryParse(text, out var id) ? id : default).Concat(resource.DependsOn).Distinct()],
            Suspend = _common.Suspend,
            PruneDisabled = PruneDisabled(),
            HealthTimeout = _common.HealthTimeout ?? resource.HealthTimeout,
        };
    }

    private bool PruneDisabled()
    {
        var annotations = _metadata.Annotations ?? ImmutableSortedDictionary<string, string>.Empty;
        foreach (var name in annotations.Keys.Where(k => k.StartsWith(OwnPrefix, StringComparison.Ordinal) && k != PruneAnnotation))
            problems.Add(At(name), $"the annotation {Quote.Short(name)} is not known", $"did you mean `{PruneAnnotation}`? Other prefixes than `{OwnPrefix}` are free");
        var value = annotations.GetValueOrDefault(PruneAnnotation);
        if (value is not (null or "disabled" or "enabled"))
            problems.Add(At(PruneAnnotation), $"the annotation {PruneAnnotation} is {Quote.Short(value)}", "write `disabled` to keep the resource when its manifest goes away, or remove the annotation");
        return value == "disabled";
    }

    private Position At(string annotation) =>
        rendered["metadata"] is MapNode metadata && metadata["annotations"] is MapNode map && map.Find(annotation) is { } entry ? entry.KeyWhere : rendered.Where;
}
