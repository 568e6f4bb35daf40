using System.Text.Json;
using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Rendering;

namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>Turns one document into a resource: choose, render, check, bind.</summary>
internal sealed class DocumentReader(ManifestKinds kinds, RenderContext context, SourceFiles files, ProblemCollector problems)
{
    /// <summary>Fields that say what a document is and for whom, and so hold no variables.</summary>
    private static readonly string[] Literal = ["apiVersion", "kind", "deviceSelector"];

    /// <returns>Null when the document is not for the device, or after a problem.</returns>
    public ReadResource? Read(ReadDocument document, MapNode root)
    {
        if (Envelope.Open(root, kinds, problems) is not { } definition)
            return null;
        if (kinds.Find(definition.Kind) is not { } kind)
        {
            definition.Document.Read(root, new("", problems));
            if (context.Device is not null)
                problems.Warn(root.Where, $"the kind {definition.Kind} has no effect in a source", "move it to the agent's own file");
            return null;
        }

        var selector = Selector(root);
        var isSelected = selector is null || context.Device is not { } device || selector.Matches(device.Labels);
        // A manifest for other devices is checked as one for any device: this one need not have its variables.
        var resource = Read(kind, document, root, isSelected ? context : RenderContext.AnyDevice);
        return isSelected && resource is not null
            ? new(resource, (root["spec"] as MapNode)?["deviceSelector"]?.ToJson()?.ToJsonString()) { References = [.. kind.ReferencesOf(resource, (MapNode)root["spec"]!)] }
            : null;
    }

    private Resource? Read(ManifestKind kind, ReadDocument document, MapNode root, RenderContext scope)
    {
        var before = problems.Count;
        if (Render(root, new(new(scope), problems)) is not { } rendered)
            return null;
        if (kind.Definition.Document.Read(rendered, new("", problems, kinds.Names)) is { } canonical && problems.Count == before)
            return new ResourceBinder(kind, canonical, rendered, problems).Bind(files, document.File);
        if (rendered["spec"] is MapNode spec)
            kind.CheckInvalid(spec, problems);
        return null;
    }

    private MapNode? Render(MapNode root, Renderer renderer)
    {
        try
        {
            return Render(root);
        }
        catch (UnreadableException e)
        {
            problems.Add(e.Problem);
            return null;
        }

        MapNode Render(MapNode map) => new(map.Where, [.. map.Entries.Select(e => e with { Value = Value(e) })]);

        Node Value(MapEntry entry) =>
            Literal.Contains(entry.Key) ? entry.Value
            : entry is { Key: "spec", Value: MapNode spec } ? Render(spec)
            : renderer.Render(entry.Value);
    }

    /// <summary>The selector, when it is in order; the full check of the document reports what is not.</summary>
    private static DeviceSelector? Selector(MapNode root)
    {
        if ((root["spec"] as MapNode)?.Given("deviceSelector") is not { } node)
            return null;
        var canonical = CommonFields.DeviceSelector.Read(node, new("", new()));
        return canonical?.Deserialize(ManifestJson.Default.DeviceSelector);
    }
}
