using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Secrets.Age;

namespace EdgeOperator.Core.Secrets.Sops;

/// <summary>
/// A file that SOPS, or <c>edgeop secret encrypt</c>, has encrypted for age recipients (getsops/sops, sops.go and stores/yaml). All of
/// it is decrypted and its MAC checked before anything of it is given away.
/// </summary>
public sealed class SopsFile
{
    private const int NamedRecipients = 3;

    private readonly SopsMetadata _metadata;
    private readonly ImmutableArray<SopsLeaf> _leaves;

    private SopsFile(SopsMetadata metadata, ImmutableArray<SopsLeaf> leaves) => (_metadata, _leaves) = (metadata, leaves);

    /// <summary>For whom it is encrypted, as the file names them.</summary>
    public ImmutableArray<string> Recipients => [.. _metadata.Recipients.Select(recipient => recipient.Name)];

    internal SopsMetadata Metadata => _metadata;

    /// <summary>Whether one of these recipients can open it.</summary>
    public bool IsFor(IReadOnlyCollection<string> recipients) => _metadata.Recipients.Any(recipient => recipients.Contains(recipient.Name));

    /// <summary>That it is for others than these recipients, in a sentence.</summary>
    public string NotFor(IReadOnlyCollection<string> recipients)
    {
        var others = Recipients;
        var named = string.Join(", ", others.Take(NamedRecipients)) + (others.Length > NamedRecipients ? $" and {others.Length - NamedRecipients} more" : "");
        return $"it is encrypted for {named}, and {(recipients.Count == 0 ? "there is no identity" : $"not for {string.Join(", ", recipients)}")}";
    }

    /// <summary>Hashes of the encrypted values of a Secret, by key: what is the same text here and in another file is the same value.</summary>
    public ImmutableSortedDictionary<string, string> CiphersOf(int document) => _leaves
        .Where(leaf => leaf.Document == document && leaf.Path is ["spec", SecretData.Texts or SecretData.Bytes, _])
        .DistinctBy(leaf => leaf.Path[2])
        .ToImmutableSortedDictionary(leaf => leaf.Path[2], leaf => new ContentHash().Add(Encoding.UTF8.GetBytes(leaf.Node.Text)).ToString(), StringComparer.Ordinal);

    /// <summary>Whether a document was encrypted.</summary>
    public static bool IsEncrypted(Node document) => document is MapNode map && map[SopsMetadata.Key] is MapNode;

    /// <summary>Reads a file of which at least one document <see cref="IsEncrypted"/>.</summary>
    /// <param name="documents">All documents of the file, since its MAC covers them all.</param>
    /// <returns>Null after a problem. Problems never quote a value.</returns>
    public static SopsFile? Parse(IReadOnlyList<Node> documents, ProblemCollector problems)
    {
        var before = problems.Count;
        if (documents.OfType<MapNode>().Select(document => document[SopsMetadata.Key]).OfType<MapNode>().FirstOrDefault() is not { } block)
            throw new ArgumentException("No document was encrypted.", nameof(documents));
        var metadata = SopsMetadata.Read(block, problems);
        if (metadata is null)
            return null;

        var leaves = ImmutableArray.CreateBuilder<SopsLeaf>();
        foreach (var (index, document) in documents.Index())
        {
            if (document is MapNode root)
                Collect(new MapNode(root.Where, [.. root.Entries.Where(entry => entry.Key != SopsMetadata.Key)]), [], index);
            else
                problems.Add(document.Where, "a document of an encrypted file must be a mapping", "encrypt the file again");
        }

        return problems.Count == before ? new(metadata, leaves.ToImmutable()) : null;

        void Collect(Node node, ImmutableArray<string> path, int document)
        {
            if (node is MapNode map)
                foreach (var entry in map.Entries)
                    Collect(entry.Value, path.Add(entry.Key), document);
            else if (node is ListNode list)
                foreach (var item in list.Items)
                    Collect(item, path, document);
            else if (node is ScalarNode { Kind: not ScalarKind.Null } scalar)
                Add(scalar, path, document);
        }

        void Add(ScalarNode scalar, ImmutableArray<string> path, int document)
        {
            var isEncrypted = metadata.Rule.Encrypts(path);
            var value = isEncrypted && scalar.Text.Length > 0 ? SopsValue.Parse(scalar.Text) : null;
            if (isEncrypted && value is null && scalar.Text.Length > 0)
                problems.Add(
                    scalar.Where,
                    SopsValue.IsEncrypted(scalar.Text) ? $"the encrypted value of {Path(path)} is malformed" : $"{Path(path)} should be encrypted, and stands in clear",
                    "encrypt the file again; if a value was committed in clear, replace it everywhere");
            leaves.Add(new(path, document, scalar, isEncrypted, value));
        }
    }

    /// <summary>Decrypts everything.</summary>
    /// <exception cref="SecretFormatException">None of the identities is a recipient, or the file was changed. The message quotes no value.</exception>
    public ImmutableArray<SopsOpened> Open(IReadOnlyCollection<AgeIdentity> identities) => Open(DataKey(identities));

    /// <exception cref="SecretFormatException">None of the identities is a recipient, or the key is damaged.</exception>
    internal byte[] DataKey(IReadOnlyCollection<AgeIdentity> identities)
    {
        foreach (var identity in identities)
        {
            var name = identity.Recipient.ToString();
            if (_metadata.Recipients.FirstOrDefault(recipient => recipient.Name == name) is not { } found)
                continue;
            var key = AgeFile.Decrypt(Encoding.UTF8.GetBytes(found.Key), [identity]);
            return key.Length == SopsValue.KeyLength ? key : throw new SecretFormatException(SecretFailure.Malformed, $"the key for {name} has {key.Length} bytes instead of {SopsValue.KeyLength}");
        }

        throw new SecretFormatException(SecretFailure.NoIdentity, NotFor([.. identities.Select(identity => identity.Recipient.ToString())]));
    }

    internal ImmutableArray<SopsOpened> Open(byte[] key)
    {
        using var mac = new SopsMac(_metadata.MacOnlyEncrypted);
        var opened = ImmutableArray.CreateBuilder<SopsOpened>(_leaves.Length);
        foreach (var leaf in _leaves)
        {
            var value = leaf.Open(key) ?? throw new SecretFormatException(
                SecretFailure.Damaged, $"{Path(leaf.Path)} can't be decrypted: it was changed, or moved from another place ({leaf.Node.Where})");
            mac.Add(value.Value, leaf.IsEncrypted);
            opened.Add(value);
        }

        if (_metadata.Mac.Decrypt(key, _metadata.LastModified) is not { } expected || !CryptographicOperations.FixedTimeEquals(expected, mac.Finish()))
            throw new SecretFormatException(SecretFailure.Damaged, $"the MAC does not match: a value was changed, added or removed after it was encrypted ({_metadata.Where})");
        return opened.MoveToImmutable();
    }

    private static string Path(ImmutableArray<string> path) => Quote.Short(string.Join('.', path));
}

/// <summary>A value before it is decrypted.</summary>
/// <param name="Document">The index of its document in the file.</param>
/// <param name="IsEncrypted">By the file's rule; an empty text is never encrypted.</param>
internal sealed record SopsLeaf(ImmutableArray<string> Path, int Document, ScalarNode Node, bool IsEncrypted, SopsValue? Value)
{
    /// <summary>What a value is bound to.</summary>
    public static string Place(IEnumerable<string> path) => string.Concat(path.Select(part => part + ":"));

    /// <returns>Null when it can't be decrypted.</returns>
    public SopsOpened? Open(byte[] key)
    {
        if (Value is not null)
            return Value.Decrypt(key, Place(Path)) is { } bytes ? new(Path, Document, Value.Type, bytes) : null;
        var (type, text) = SopsScalar.Of(Node.Text, Node.Kind);
        return new(Path, Document, type, text);
    }
}

/// <summary>A value in clear. Its text form does not show it.</summary>
/// <param name="Path">The keys that lead to it; the items of a list have the list's own path.</param>
/// <param name="Document">The index of its document in the file.</param>
/// <param name="Type">SOPS's word for the type: <c>str</c>, <c>int</c>, <c>float</c>, <c>bool</c>, <c>bytes</c>, <c>time</c>.</param>
public sealed record SopsOpened(ImmutableArray<string> Path, int Document, string Type, ReadOnlyMemory<byte> Bytes)
{
    internal ReadOnlySpan<byte> Value => Bytes.Span;

    public override string ToString() => $"{string.Join('.', Path)}: ***";
}
