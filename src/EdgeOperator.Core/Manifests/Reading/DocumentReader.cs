using System.Text.Json;
using EdgeOperator.Core.Kinds.EdgeModule;
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
            if (context.Device is not null && definition.IsForHub)
                problems.Add(root.Where, $"a {definition.Kind} is for a hub, and devices don't take it", "keep it in a folder that devices don't read; `edgeop hub apply -f FILE` hands it to a hub");
            else if (context.Device is not null)
                problems.Warn(root.Where, $"the kind {definition.Kind} has no effect in a source", "move it to the agent's own file");
            return null;
        }

        var selector = SelectorOf(root);
        var isSelected = selector is null || context.Device is not { } device || selector.Matches(device.Labels);
        // A manifest for other devices is checked as one for any device: this one need not have its variables.
        var before = problems.Count;
        var scope = new VariableScope(isSelected ? context : RenderContext.AnyDevice);
        var rendered = Render(root, new(scope, problems));
        return rendered is not null && Read(kind, document, rendered, before) is { } resource && isSelected && rendered["spec"] is MapNode spec
            ? new(WithDependencies(resource, scope.SecretsUsed), selector)
            {
                Manifest = new(resource.Id, resource.Origin, rendered),
                References = [.. kind.ReferencesOf(resource, spec)],
                DependsOn = [.. DependsOn(spec)],
                Claims = [.. kind.ClaimsOf(resource, spec)],
            }
            : null;
    }

    /// <param name="before">The number of problems before the document was rendered.</param>
    private Resource? Read(ManifestKind kind, ReadDocument document, MapNode rendered, int before)
    {
        if (kind.Definition.Document.Read(rendered, new("", problems, kinds.Names)) is { } canonical && problems.Count == before)
            return new ResourceBinder(kind, canonical, rendered, context.Table, problems).Bind(files, document.File);
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

    private static IEnumerable<(ResourceId, Position)> DependsOn(MapNode spec)
    {
        foreach (var entry in (spec["dependsOn"] as ListNode)?.Items.OfType<ScalarNode>() ?? [])
        {
            if (!entry.Text.Contains("${", StringComparison.Ordinal) && ResourceId.TryParse(entry.Text, out var id))
                yield return (id, entry.Where);
        }
    }

    /// <summary>A resource depends on the Secrets that it refers to.</summary>
    private static Resource WithDependencies(Resource resource, IEnumerable<string> secrets) =>
        resource with { DependsOn = [.. resource.DependsOn.Union(secrets.Select(name => new ResourceId(KindNames.Secret, name)))] };

    /// <summary>The same for a resource that was imported.</summary>
    public static Resource WithSecrets(Resource resource) =>
        resource is EdgeModuleResource { Container.CreateBody: var body } ? WithDependencies(resource, SecretReference.In(body).Select(reference => reference.Secret)) : resource;

    /// <summary>The selector, when it is in order; the full check of the document reports what is not.</summary>
    internal static DeviceSelector? SelectorOf(MapNode root)
    {
        if ((root["spec"] as MapNode)?.Given("deviceSelector") is not { } node)
            return null;
        var canonical = CommonFields.DeviceSelector.Read(node, new("", new()));
        return canonical?.Deserialize(ManifestJson.Default.DeviceSelector);
    }
}
