using System.Text.Json;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.EdgeModule.Compiling;
using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Rendering;

namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>Turns one document into a resource: choose, render, check, bind.</summary>
internal sealed class DocumentReader(RenderContext context, SourceFiles files, ProblemCollector problems)
{
    /// <summary>Fields that say what a document is and for whom, and so hold no variables.</summary>
    private static readonly string[] Literal = ["apiVersion", "kind", "deviceSelector"];

    /// <returns>Null when the document is not for the device, or after a problem.</returns>
    public ReadResource? Read(ReadDocument document, MapNode root)
    {
        if (Envelope.Open(root, problems) is not { } definition)
            return null;
        if (!definition.IsDeviceSide)
        {
            definition.Document.Read(root, new("", problems));
            if (context.Device is not null)
                problems.Warn(root.Where, $"the kind {definition.Kind} has no effect in a source", "move it to the agent's own file");
            return null;
        }
        var selector = Selector(root);
        var isSelected = selector is null || context.Device is not { } device || selector.Matches(device.Labels);
        // A manifest for other devices is checked as one for any device: this one need not have its variables.
        var resource = Read(definition, document, root, isSelected ? context : RenderContext.AnyDevice);
        return isSelected && resource is not null
            ? new(resource, (root["spec"] as MapNode)?["deviceSelector"]?.ToJson()?.ToJsonString()) { Target = Target(resource, (MapNode)root["spec"]!) }
            : null;
    }

    private Resource? Read(KindDefinition definition, ReadDocument document, MapNode root, RenderContext scope)
    {
        var before = problems.Count;
        var rendered = Render(root, new(new(scope), problems));
        if (rendered is null)
            return null;
        if (definition.Document.Read(rendered, new("", problems)) is not { } canonical || problems.Count > before)
        {
            if (definition.Kind == KindNames.EdgeModule && rendered["spec"] is MapNode spec)
                ContainerCompiler.CheckOptions(spec, problems);
            return null;
        }
        var binder = new ResourceBinder(canonical, rendered, problems);
        return definition.Kind switch
        {
            KindNames.EdgeModule => binder.Module(),
            KindNames.FunctionApp => binder.App(files, document.File),
            KindNames.VirtualMachine => binder.Machine(files, document.File),
            _ => binder.File(files, document.File),
        };
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

    private static Position? Target(Resource resource, MapNode spec) =>
        resource is EdgeModuleResource { Container.Target: var target and not EngineTarget.Host } && !target.Contains("${", StringComparison.Ordinal) ? spec["target"]?.Where : null;

    /// <summary>The selector, when it is in order; the full check of the document reports what is not.</summary>
    private static DeviceSelector? Selector(MapNode root)
    {
        if ((root["spec"] as MapNode)?.Given("deviceSelector") is not { } node)
            return null;
        var canonical = CommonFields.DeviceSelector.Read(node, new("", new()));
        return canonical?.Deserialize(ManifestJson.Default.DeviceSelector);
    }
}
