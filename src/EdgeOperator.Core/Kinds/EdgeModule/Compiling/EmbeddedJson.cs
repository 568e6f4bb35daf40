using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Kinds.EdgeModule.Compiling;

/// <summary>JSON that stands as a text inside a manifest, read as leniently as IoT Edge reads it.</summary>
internal static class EmbeddedJson
{
    /// <param name="text">Every node gets its position.</param>
    /// <param name="name">Names the text in messages.</param>
    /// <returns>
    /// Null when the text is empty, or after a problem. The text itself when it is no JSON before its variables are
    /// known.
    /// </returns>
    public static Node? Read(ScalarNode text, string name, ProblemCollector problems)
    {
        if (string.IsNullOrWhiteSpace(text.Text))
            return null;
        var isOpen = text.Kind == ScalarKind.Placeholder;
        var inner = new ProblemCollector();
        var root = LenientJsonReader.Read(name, text.Text, inner, out var deviations);
        if (root is null && isOpen)
            return text;
        if (root is not null && deviations.Where(d => !isOpen || d != LenientJsonReader.Variables).ToArray() is { Length: > 0 } found)
            problems.Warn(text.Where, $"{name} is not quite JSON: it has {string.Join(", ", found)}", "write JSON, which every reader takes");
        foreach (var problem in inner.Problems)
            problems.Add(text.Where, $"{problem.Where}: {problem.What}", problem.Fix);
        return root is null ? null : Move(root, text.Where, isOpen);
    }

    private static Node Move(Node node, Position where, bool isOpen) => node switch
    {
        MapNode map => new MapNode(where, [.. map.Entries.Select(e => new MapEntry(e.Key, where, Move(e.Value, where, isOpen)))]),
        ListNode list => new ListNode(where, [.. list.Items.Select(item => Move(item, where, isOpen))]),
        ScalarNode { Kind: ScalarKind.String } scalar when isOpen && scalar.Text.Contains("${", StringComparison.Ordinal) =>
            new ScalarNode(where, scalar.Text, ScalarKind.Placeholder, scalar.IsPlain),
        ScalarNode scalar => new ScalarNode(where, scalar.Text, scalar.Kind, scalar.IsPlain),
        _ => node,
    };
}
