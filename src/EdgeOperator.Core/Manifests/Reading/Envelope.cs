using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;
using EdgeOperator.Core.Secrets.Sops;

namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>Finds out what kind of manifest a document is.</summary>
internal static class Envelope
{
    /// <returns>Null after a problem.</returns>
    public static KindDefinition? Open(MapNode document, ManifestKinds kinds, ProblemCollector problems)
    {
        if (document.Find("apiVersion") is null && document.Find("kind") is null)
        {
            problems.Add(document.Where, "this is no manifest: apiVersion and kind are missing", $"add `apiVersion: {KindNames.ApiVersion}` and a `kind`; a file for something else belongs outside of the source, or into a folder whose name starts with a dot");
            return null;
        }
        if (SopsFile.IsEncrypted(document) && document["kind"] is ScalarNode { Text: var encrypted } && SopsValue.IsEncrypted(encrypted))
        {
            problems.Add(document.Where, "the whole document is encrypted, its kind included", "encrypt a Secret's values alone, with `edgeop secret encrypt` or with SOPS's rule `encrypted_regex: ^(data|stringData)$`");
            return null;
        }

        var version = Text(document, "apiVersion", $"add `apiVersion: {KindNames.ApiVersion}`", problems);
        var kind = Text(document, "kind", $"add `kind:` with one of {string.Join(", ", kinds.DocumentKinds)}", problems);
        if (version is not null && version.Text != KindNames.ApiVersion)
            problems.Add(version.Where, $"the apiVersion {Quote.Short(version.Text)} is not known", $"write `{KindNames.ApiVersion}`");
        if (kind is null)
            return null;
        if (kinds.Define(kind.Text) is { } definition)
            return version?.Text == KindNames.ApiVersion ? definition : null;
        if (ManifestKinds.NotSupported.Contains(kind.Text))
            problems.Add(kind.Where, $"the kind {kind.Text} is not supported by this version", "remove the manifest, or update EdgeOperator once it is");
        else
            problems.Add(kind.Where, $"the kind {Quote.Short(kind.Text)} is not known", Spelling.Closest(kind.Text, kinds.DocumentKinds) is { } close ? $"did you mean `{close}`?" : $"the kinds are {string.Join(", ", kinds.DocumentKinds)}");
        return null;
    }

    private static ScalarNode? Text(MapNode document, string key, string fix, ProblemCollector problems)
    {
        switch (document.Given(key))
        {
            case ScalarNode scalar:
                return scalar;
            case null:
                problems.Add(document.Where, $"{key} is missing", fix);
                return null;
            case var other:
                new FieldContext(key, problems).Mismatch(other, "a word", fix);
                return null;
        }
    }
}
