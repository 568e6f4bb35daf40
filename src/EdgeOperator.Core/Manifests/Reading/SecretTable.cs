using System.Collections.Immutable;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;
using EdgeOperator.Core.Secrets.Sops;

namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>The Secrets that the manifests of a device may refer to, gathered before anything is rendered.</summary>
internal sealed class SecretTable
{
    private readonly Dictionary<string, (ImmutableHashSet<string> Keys, SecretOpening Opening)> _secrets = new(StringComparer.Ordinal);

    /// <param name="documents">Of all sources; later ones win.</param>
    public SecretTable(IEnumerable<ReadDocument> documents, IReadOnlyDictionary<string, ImmutableArray<Node>> files, RenderContext context)
    {
        foreach (var document in documents.Where(document => document.Kind == KindNames.Secret))
        {
            if (document.Id is not { } id || document.Root is not MapNode root || (context.Device is { } device && DocumentReader.SelectorOf(root)?.Matches(device.Labels) == false))
                continue;
            _secrets[id.Name] = (SecretData.KeysOf(root), Open(id.Name, root, files.GetValueOrDefault(root.Where.File, []), context));
        }
    }

    public bool Has(string secret) => _secrets.ContainsKey(secret);

    public bool Has(string secret, string key) => _secrets.TryGetValue(secret, out var known) && known.Keys.Contains(key);

    public SecretOpening OpeningOf(string secret) => _secrets.TryGetValue(secret, out var known) ? known.Opening : new SecretOpening.Untried();

    public string DigestOf(string secret, string key) =>
        OpeningOf(secret) is SecretOpening.Opened opened && opened.Digests.TryGetValue(key, out var digest) ? digest : SecretReference.Unknown;

    /// <summary>The name that somebody probably meant; null when none is near.</summary>
    public string? Closest(string secret, string key) =>
        Spelling.Closest($"{secret}.{key}", [.. _secrets.SelectMany(known => known.Value.Keys.Select(k => $"{known.Key}.{k}"))]);

    private static SecretOpening Open(string name, MapNode root, ImmutableArray<Node> documents, RenderContext context)
    {
        // What is wrong with the file is reported where the Secret itself is read.
        if (context.Secrets is not { } opener || !SopsFile.IsEncrypted(root) || SopsFile.Parse(documents, new()) is not { } file)
            return new SecretOpening.Untried();
        return opener.Open(name, file, documents.IndexOf(root));
    }
}
