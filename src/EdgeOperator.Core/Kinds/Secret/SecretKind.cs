using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Reading;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Secrets.Sops;

namespace EdgeOperator.Core.Kinds.Secret;

/// <summary>Encrypted values, which other resources refer to. On the device there is nothing of it but its uses.</summary>
internal sealed class SecretKind : Kind
{
    public override string Name => KindNames.Secret;

    internal override KindDefinition Definition => SecretDefinition.Kind;

    internal override bool IsReadyOnceApplied => true;

    internal override Resource? Bind(ManifestBinding manifest)
    {
        var documents = Documents(manifest);
        if (documents.IsEmpty || !SopsFile.IsEncrypted(manifest.Document))
        {
            manifest.Problems.Add(manifest.Spec.Where, $"the Secret {manifest.Id.Name} is not encrypted", "run `edgeop secret encrypt` (or `sops encrypt`) on the file; if it was committed in clear, replace its values everywhere");
            return null;
        }

        foreach (var key in SecretData.KeysOf(manifest.Document).Where(key => Find(manifest, SecretData.Bytes, key) is not null && Find(manifest, SecretData.Texts, key) is not null))
            manifest.Problems.Add(Find(manifest, SecretData.Texts, key)!.KeyWhere, $"{Quote.Short(key)} stands in `data` and in `stringData`", "keep one of them");
        return SopsFile.Parse(documents, manifest.Problems) is not { } file ? null : new SecretResource
        {
            Id = manifest.Id,
            Origin = manifest.Origin,
            Secret = new()
            {
                Keys = [.. SecretData.KeysOf(manifest.Document).Order(StringComparer.Ordinal)],
                Recipients = file.Recipients,
                Ciphers = file.CiphersOf(documents.TakeWhile(document => document.Where != manifest.Document.Where).Count()),
                FileHash = new ContentHash().Add(manifest.Files.Find(manifest.File)!.Content.Span).ToString(),
            },
            Opening = manifest.Secrets?.OpeningOf(manifest.Id.Name) ?? new SecretOpening.Untried(),
        };
    }

    internal override KindPlanner CreatePlanner(PlanningContext context) => new SecretPlanner();

    internal override ReadinessReport Assess(Resource resource, PlanningContext context) => ((SecretResource)resource).Opening switch
    {
        SecretOpening.Refused refused => new(resource.Id, ReadinessLevel.Waiting, refused.Reason, refused.Message),
        SecretOpening.Opened => new(resource.Id, ReadinessLevel.Ready, "Opened", "the device's key opens it"),
        _ => new(resource.Id, ReadinessLevel.Unknown, "Unknown", "nobody has tried to open it"),
    };

    private static ImmutableArray<Node> Documents(ManifestBinding manifest)
    {
        // Under the name that stands in messages.
        var file = manifest.Files.Find(manifest.File)! with { Path = manifest.Origin.File };
        return file.Path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            ? JsonReader.Read(file, new()) is { } root ? [root] : []
            : YamlReader.Read(file, new());
    }

    private static MapEntry? Find(ManifestBinding manifest, string field, string key) => (manifest.Spec[field] as MapNode)?.Find(key);
}
