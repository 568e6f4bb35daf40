using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace EdgeOperator.Core.Manifests.Nodes;

/// <summary>Builds nodes from YAML's events.</summary>
internal sealed class YamlTree(YamlEvents events, ProblemCollector problems)
{
    private const string CoreTags = "tag:yaml.org,2002:";

    private readonly NodeBudget _budget = new();

    /// <summary>The nodes that have an anchor; null while a node is being read.</summary>
    private readonly Dictionary<AnchorName, Node?> _anchors = [];

    public void ReadAll(ImmutableArray<Node>.Builder documents)
    {
        while (events.Next())
        {
            if (events.Current is not DocumentStart)
                continue;
            _anchors.Clear();
            events.Next();
            var root = Value(0);
            if (root is not ScalarNode { Kind: ScalarKind.Null })
                documents.Add(root);
        }
    }

    /// <summary>Reads the node that the parser stands on, to its last event.</summary>
    private Node Value(int depth)
    {
        var where = events.Where;
        if (events.Current is AnchorAlias alias)
            return Aliased(alias, depth, where);
        // The parser takes an empty key (`: value`) for none at all, so that a value can be missing.
        if (events.Current is not NodeEvent start)
            throw events.Invalid("a key or value is missing");
        if (!start.Anchor.IsEmpty)
            _anchors[start.Anchor] = null;
        if (start is not Scalar)
            NodeBudget.CheckDepth(depth + 1, where);
        Node node = start switch
        {
            Scalar scalar => ScalarOf(scalar, where),
            SequenceStart => List(start, depth + 1, where),
            _ => Map(start, depth + 1, where),
        };
        if (!start.Anchor.IsEmpty)
            _anchors[start.Anchor] = node;
        return node;
    }

    private Node Aliased(AnchorAlias alias, int depth, Position where)
    {
        if (!_anchors.TryGetValue(alias.Value, out var node))
            throw new UnreadableException(where, $"no anchor {Quote.Short($"&{alias.Value}")} stands before this alias", "define the anchor earlier in the same document");
        if (node is null)
            throw new UnreadableException(where, $"the alias {Quote.Short($"*{alias.Value}")} stands inside what it names", "aliases can't be circular");
        NodeBudget.CheckDepth(depth + node.Height, where);
        _budget.Spend(node.Cost, where);
        return node;
    }

    private ListNode List(NodeEvent start, int depth, Position where)
    {
        CheckTag(start.Tag, "seq", where);
        _budget.Spend(1, where);
        var items = ImmutableArray.CreateBuilder<Node>();
        while (events.Next() && events.Current is not SequenceEnd)
            items.Add(Value(depth));
        return new(where, items.ToImmutable());
    }

    private MapNode Map(NodeEvent start, int depth, Position where)
    {
        CheckTag(start.Tag, "map", where);
        _budget.Spend(1, where);
        var entries = new MapBuilder(problems);
        var merged = new List<Node>();
        while (events.Next() && events.Current is not MappingEnd)
        {
            var keyWhere = events.Where;
            var key = Value(depth);
            events.Next();
            var value = Value(depth);
            if (key is ScalarNode { IsPlain: true, Text: "<<" })
                merged.Add(value);
            else if (key is ScalarNode scalar)
                entries.Add(scalar.Text, keyWhere, value);
            else
                problems.Add(keyWhere, $"a key can't be {key.Description}", "write a plain word or a quoted string before the colon");
        }
        foreach (var mapping in merged.SelectMany(m => m is ListNode list ? list.Items : [m]))
            Merge(mapping, entries);
        return entries.ToMap(where);
    }

    private void Merge(Node mapping, MapBuilder entries)
    {
        if (mapping is MapNode map)
            entries.Merge(map);
        else
            problems.Add(mapping.Where, $"`<<` can't merge {mapping.Description}", "give it an alias of a mapping, or a list of such aliases");
    }

    private ScalarNode ScalarOf(Scalar scalar, Position where)
    {
        _budget.Spend(Limits.CostOf(scalar.Value), where);
        var isPlain = scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty;
        return new(where, scalar.Value, isPlain ? PlainScalar.KindOf(scalar.Value) : Tagged(scalar, where), isPlain);
    }

    private ScalarKind Tagged(Scalar scalar, Position where)
    {
        if (scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific)
            return ScalarKind.String;
        var tag = scalar.Tag.Value.StartsWith(CoreTags, StringComparison.Ordinal) ? scalar.Tag.Value[CoreTags.Length..] : "";
        if (tag == "str")
            return ScalarKind.String;
        var kind = PlainScalar.KindOf(scalar.Value);
        var fits = (tag, kind) is ("null", ScalarKind.Null) or ("bool", ScalarKind.Boolean) or ("int", ScalarKind.Integer)
            or ("float", ScalarKind.Integer or ScalarKind.Number);
        if (fits)
            return kind;
        if (tag is "null" or "bool" or "int" or "float")
            problems.Add(where, $"{Quote.Short(scalar.Value)} does not fit its tag `!!{tag}`", "remove the tag or correct the value");
        else
            UnknownTag(scalar.Tag, where);
        return ScalarKind.String;
    }

    private void CheckTag(TagName tag, string allowed, Position where)
    {
        if (!tag.IsEmpty && !tag.IsNonSpecific && tag.Value != CoreTags + allowed)
            UnknownTag(tag, where);
    }

    private void UnknownTag(TagName tag, Position where) =>
        problems.Add(where, $"the tag {Quote.Short(tag.Value)} is not known", "remove it; only YAML's own tags (!!str, !!int, !!float, !!bool, !!null, !!map, !!seq) are");
}
