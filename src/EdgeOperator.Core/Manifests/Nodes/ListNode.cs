using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Manifests.Nodes;

/// <summary>A sequence.</summary>
public sealed class ListNode(Position where, ImmutableArray<Node> items) : Node(where)
{
    public ImmutableArray<Node> Items { get; } = items;

    public override string Description => "a list";

    internal override int Height { get; } = 1 + items.Select(i => i.Height).DefaultIfEmpty().Max();

    internal override int Cost { get; } = 1 + items.Sum(i => i.Cost);

    public override JsonArray ToJson() => [.. Items.Select(i => i.ToJson())];
}
