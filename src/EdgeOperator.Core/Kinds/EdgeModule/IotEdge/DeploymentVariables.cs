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
/// <param name="built">The path of what a build has made of the template; null when there is no such file.</param>
internal sealed partial class DeploymentVariables(RenderContext context, bool isTemplate, string? built, ProblemCollector problems)
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
        if (BuiltImage().Match(text) is { Success: true } image && !IsKnown(image.Groups["name"].Value))
            return Unbuilt(scalar, image.Value);
        var before = problems.Count;
        var template = new Template(_scope, scalar.Where, problems);
        var rendered = template.Render(text);
        return problems.Count > before
            ? new(scalar.Where, text, ScalarKind.Placeholder, isPlain: false)
            : new(scalar.Where, rendered, template.IsOpen ? ScalarKind.Placeholder : scalar.IsPlain ? PlainScalar.KindOf(rendered) : ScalarKind.String, scalar.IsPlain);
    }

    private bool IsKnown(string name) => name.Length > 0 && _scope[name] is not null;

    private ScalarNode Unbuilt(ScalarNode scalar, string image)
    {
        problems.Add(
            scalar.Where,
            $"{Quote.Short(image)} names an image that the tools of IoT Edge build",
            built is null
                ? "use the manifest that the build makes of this template (`iotedgedev build`, or «Build IoT Edge Solution»: config/deployment.PLATFORM.json), or name the image itself"
                : $"use {built}, which the build has made of this template");
        return new(scalar.Where, scalar.Text, ScalarKind.Placeholder, isPlain: false);
    }

    // ${MODULES.NAME}, ${MODULES.NAME.PLATFORM}, ${MODULEDIR<PATH>}, ${MODULEDIR<PATH>.PLATFORM}; a platform may end with .debug.
    [GeneratedRegex(@"\$\{(?:(?<name>MODULES\.[^}]*)|MODULEDIR<[^>]*>[^}]*)\}")]
    private static partial Regex BuiltImage();

    [GeneratedRegex(@"\A\$upstream(?=:[1-9])", RegexOptions.IgnoreCase)]
    private static partial Regex Upstream();

    // Words that begin with a small letter are IoT Edge's own: $edgeHub, $upstream, $body.
    [GeneratedRegex(@"(?<!\$)\$([A-Z][A-Za-z0-9_]*)")]
    private static partial Regex BareName();
}
