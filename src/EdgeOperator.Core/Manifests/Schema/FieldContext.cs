using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Schema;

/// <summary>Where in a manifest a value is being read, and where its problems go.</summary>
/// <param name="Path">The field, as people write it: <c>spec.ports[0].host</c>; empty for the document.</param>
/// <param name="Kinds">The kinds that a reference may name; null where references have no place.</param>
internal readonly record struct FieldContext(string Path, ProblemCollector Problems, IReadOnlyCollection<string>? Kinds = null)
{
    public FieldContext Field(string name) => this with { Path = Path.Length == 0 ? name : $"{Path}.{Quote.Line(name)}" };

    public FieldContext Item(int index) => this with { Path = $"{Path}[{index}]" };

    public void Mismatch(Node node, string expected, string fix) =>
        Problems.Add(node.Where, $"{Path} must be {expected}, not {node.Description}", fix);
}
