using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Manifests.Nodes;

/// <summary>A mapping with its keys in the order of the file; no key stands twice.</summary>
public sealed class MapNode(Position where, ImmutableArray<MapEntry> entries) : Node(where)
{
    public ImmutableArray<MapEntry> Entries { get; } = entries;

    public override string Description => "a mapping";

    internal override int Height { get; } = 1 + entries.Select(e => e.Value.Height).DefaultIfEmpty().Max();

    internal override int Cost { get; } = 1 + entries.Sum(e => Limits.CostOf(e.Key) + e.Value.Cost);

    /// <summary>The value under <paramref name="key"/>, or null when the key is absent.</summary>
    public Node? this[string key] => Find(key)?.Value;

    /// <summary>The value under <paramref name="key"/>, or null when the key is absent or has no value.</summary>
    public Node? Given(string key) => this[key] is ScalarNode { Kind: ScalarKind.Null } ? null : this[key];

    public MapEntry? Find(string key)
    {
        foreach (var entry in Entries)
            if (entry.Key == key)
                return entry;
        return null;
    }

    public override JsonObject ToJson() => new(Entries.Select(e => KeyValuePair.Create(e.Key, e.Value.ToJson())));
}

/// <summary>A key, where the key stands, and its value.</summary>
public sealed record MapEntry(string Key, Position KeyWhere, Node Value);
