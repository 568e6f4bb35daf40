using System.Text.RegularExpressions;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Rendering;

namespace EdgeOperator.Core.Kinds.EdgeModule.IotEdge;

/// <summary>
/// Replaces the placeholders of a deployment manifest; one that has no value is a problem, and stays. <c>${NAME}</c> is the device's <c>vars.NAME</c>, and the names
/// that EdgeOperator's own manifests use work too. In a template <c>$NAME</c> means the same. An image from
/// <c>$upstream:PORT</c> comes from the device's <c>vars.upstream</c>.
/// </summary>
/// <param name="isTemplate">Whether the document says that it is a template.</param>
internal sealed partial class DeploymentVariables(RenderContext context, bool isTemplate, ProblemCollector problems)
{
    private readonly VariableScope _scope = new(context, plainNames: true);

    public MapNode Render(MapNode map) => new(map.Where, [.. map.Entries.Select(entry => entry with { Value = Render(entry.Value) })]);

    private Node Render(Node node) => node switch
    {
        MapNode map => Render(map),
        ListNode list => new ListNode(list.Where, [.. list.Items.Select(Render)]),
        ScalarNode { Kind: ScalarKind.String } scalar when scalar.Text.Contains('$') => Render(scalar),
        _ => node,
    };

    private ScalarNode Render(ScalarNode scalar)
    {
        var text = Upstream().Replace(scalar.Text, "${upstream}");
        if (isTemplate)
            text = BareName().Replace(text, "${$1}");
        var before = problems.Count;
        var template = new Template(_scope, scalar.Where, problems);
        var rendered = template.Render(text);
        return problems.Count > before
            ? new(scalar.Where, text, ScalarKind.Placeholder, isPlain: false)
            : new(scalar.Where, rendered, template.IsOpen ? ScalarKind.Placeholder : ScalarKind.String, isPlain: false);
    }

    [GeneratedRegex(@"\A\$upstream(?=:[1-9])", RegexOptions.IgnoreCase)]
    private static partial Regex Upstream();

    // Words that begin with a small letter are IoT Edge's own: $edgeHub, $upstream, $body.
    [GeneratedRegex(@"(?<!\$)\$([A-Z][A-Za-z0-9_]*)")]
    private static partial Regex BareName();
}
