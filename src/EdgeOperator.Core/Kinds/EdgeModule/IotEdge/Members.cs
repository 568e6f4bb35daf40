using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Kinds.EdgeModule.IotEdge;

/// <summary>The members of a mapping in a deployment manifest, where case does not count and a null is no value.</summary>
internal sealed class Members
{
    private readonly string _name;
    private readonly ProblemCollector _problems;

    /// <param name="name">Names the mapping in messages.</param>
    public Members(Node? node, string name, ProblemCollector problems)
    {
        (_name, _problems) = (name, problems);
        if (node is MapNode map)
            All = [.. map.Entries.Where(entry => entry.Value is not ScalarNode { Kind: ScalarKind.Null })];
        else if (node is not null and not ScalarNode { Kind: ScalarKind.Null or ScalarKind.Placeholder })
            problems.Add(node.Where, $"{name} must be a mapping, not {node.Description}", "correct the value");
    }

    public ImmutableArray<MapEntry> All { get; } = [];

    public Node? this[string member] => Find(member)?.Value;

    public MapEntry? Find(string member) => All.FirstOrDefault(entry => entry.Key.Equals(member, StringComparison.OrdinalIgnoreCase));

    /// <summary>The members of a member; none when it is missing.</summary>
    public Members In(string member) => new(this[member], $"{_name}.{member}", _problems);

    /// <summary>A single value as text, whatever its type; null when it is missing.</summary>
    public string? Text(string member)
    {
        var value = this[member];
        if (value is MapNode or ListNode)
            _problems.Add(value.Where, $"{_name}.{member} must be a single value, not {value.Description}", "correct the value");
        return (value as ScalarNode)?.Text;
    }

    /// <summary>A word out of a few; <paramref name="absent"/> when it is missing.</summary>
    public T Word<T>(string member, T absent, params ReadOnlySpan<(string Word, T Meaning)> words)
    {
        if (Text(member) is not { } text || this[member] is ScalarNode { Kind: ScalarKind.Placeholder })
            return absent;
        foreach (var (word, meaning) in words)
            if (word.Equals(text, StringComparison.OrdinalIgnoreCase))
                return meaning;
        var known = string.Join(", ", words.ToArray().Select(pair => pair.Word));
        _problems.Add(this[member]!.Where, $"{_name}.{member} must be one of {known}, not {Quote.Short(text)}", "correct the value");
        return absent;
    }
}
