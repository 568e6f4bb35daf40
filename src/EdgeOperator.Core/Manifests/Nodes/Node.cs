using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Manifests.Nodes;

/// <summary>A value in a manifest and where it stands. The hierarchy is closed; nodes are immutable and may be shared.</summary>
public abstract class Node
{
    private protected Node(Position where) => Where = where;

    public Position Where { get; }

    /// <summary>What it is, for messages: <c>a list</c>, <c>the number 5</c>.</summary>
    public abstract string Description { get; }

    /// <summary>Whether something in it depends on a variable whose value is not known.</summary>
    internal bool HasVariable => this switch
    {
        ScalarNode scalar => scalar.Kind == ScalarKind.Placeholder,
        ListNode list => list.Items.Any(item => item.HasVariable),
        MapNode map => map.Entries.Any(entry => entry.Value.HasVariable),
        _ => false,
    };

    /// <summary>How deeply mappings and lists nest here; 0 for a scalar.</summary>
    internal abstract int Height { get; }

    /// <summary>What this node counts against <see cref="Limits.Nodes"/>, all below it included.</summary>
    internal abstract int Cost { get; }

    /// <summary>The same value as JSON, without positions; a null scalar is null.</summary>
    public abstract JsonNode? ToJson();
}
