using System.Collections.Immutable;

namespace EdgeOperator.Core.Manifests.Nodes;

/// <summary>Builds a mapping; a key that stands twice is a problem that names both places, and the first one counts.</summary>
internal sealed class MapBuilder(ProblemCollector problems)
{
    private readonly ImmutableArray<MapEntry>.Builder _entries = ImmutableArray.CreateBuilder<MapEntry>();
    private readonly Dictionary<string, Position> _keys = new(StringComparer.Ordinal);

    public void Add(string key, Position where, Node value)
    {
        if (_keys.TryAdd(key, where))
            _entries.Add(new(key, where, value));
        else
            problems.Add(where, $"the key {Quote.Short(key)} stands twice", $"remove one of them; the first is at {_keys[key]}");
    }

    /// <summary>Adds what the mapping lacks: the meaning of YAML's <c>&lt;&lt;</c>.</summary>
    public void Merge(MapNode other)
    {
        foreach (var entry in other.Entries)
            if (_keys.TryAdd(entry.Key, entry.KeyWhere))
                _entries.Add(entry);
    }

    public MapNode ToMap(Position where) => new(where, _entries.ToImmutable());
}
