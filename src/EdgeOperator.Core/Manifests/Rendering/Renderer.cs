using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Rendering;

/// <summary>
/// Replaces the variables in every value of a tree; positions stay. An unquoted value is typed by what comes out, as if
/// that stood in the manifest; a quoted one stays a string. Keys are not rendered.
/// </summary>
internal sealed class Renderer(VariableScope scope, ProblemCollector problems)
{
    private readonly NodeBudget _budget = new();

    /// <summary>What has been rendered, so that a value with many aliases is rendered (and complained about) once.</summary>
    private readonly Dictionary<Node, Node> _done = new(ReferenceEqualityComparer.Instance);

    /// <returns>The rendered tree; the node itself where it holds no variables.</returns>
    /// <exception cref="UnreadableException">The result is too large.</exception>
    public Node Render(Node node)
    {
        if (!_done.TryGetValue(node, out var rendered))
            _done[node] = rendered = node switch
            {
                MapNode map => Render(map),
                ListNode list => new ListNode(list.Where, [.. list.Items.Select(Render)]),
                ScalarNode { Kind: ScalarKind.String } scalar => Render(scalar),
                _ => node,
            };
        return rendered;
    }

    private MapNode Render(MapNode map)
    {
        foreach (var entry in map.Entries.Where(e => e.Key.Contains("${", StringComparison.Ordinal)))
            problems.Add(entry.KeyWhere, $"the key {Quote.Short(entry.Key)} holds a variable", "write the key out; only values are rendered");
        return new(map.Where, [.. map.Entries.Select(e => e with { Value = Render(e.Value) })]);
    }

    private ScalarNode Render(ScalarNode scalar)
    {
        if (!scalar.Text.Contains('$'))
            return scalar;
        var template = new Template(scope, scalar.Where, problems);
        var text = template.Render(scalar.Text);
        _budget.Spend(Limits.CostOf(text), scalar.Where);
        var kind = template.IsOpen ? ScalarKind.Placeholder : scalar.IsPlain ? PlainScalar.KindOf(text) : ScalarKind.String;
        return new(scalar.Where, text, kind, scalar.IsPlain);
    }
}
