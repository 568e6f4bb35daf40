using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.EdgeModule.Compiling;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>Makes resources of a document that has been checked.</summary>
/// <param name="canonical">The document in canonical form.</param>
/// <param name="rendered">The document as written, for positions.</param>
internal sealed class ResourceBinder(JsonObject canonical, MapNode rendered, ProblemCollector problems)
{
    private const string OwnPrefix = "edgeoperator.io/";
    private const string PruneAnnotation = OwnPrefix + "prune";

    private readonly Metadata _metadata = canonical["metadata"].Deserialize(ManifestJson.Default.Metadata)!;
    private readonly CommonSpec _common = canonical["spec"].Deserialize(ManifestJson.Default.CommonSpec)!;
    private readonly MapNode _spec = (MapNode)rendered["spec"]!;

    public Resource? Module()
    {
        var spec = canonical["spec"].Deserialize(ManifestJson.Default.EdgeModuleFields)!;
        if (ContainerCompiler.Compile(_metadata.Name, spec, _spec, problems) is not { } container)
            return null;
        var module = WithCommon(new EdgeModuleResource
        {
            Id = new(KindNames.EdgeModule, _metadata.Name),
            Origin = rendered.Where,
            Container = container,
        });
        return EngineTarget.MachineOf(spec.Target) is { } machine && !module.DependsOn.Contains(machine)
            ? module with { DependsOn = module.DependsOn.Add(machine) }
            : module;
    }

    public Resource? File(SourceFiles files, string manifest)
    {
        var spec = canonical["spec"].Deserialize(ManifestJson.Default.ConfigFileFields)!;
        if (Content(spec, files, manifest) is not { } content)
            return null;
        return WithCommon(new ConfigFileResource
        {
            Id = new(KindNames.ConfigFile, _metadata.Name),
            Origin = rendered.Where,
            File = new() { Path = spec.Path, Content = content, Mode = spec.Mode, Owner = spec.Owner, OnChange = Action(spec.OnChange) },
        });
    }

    public Resource? App(SourceFiles files, string manifest)
    {
        var fields = canonical["spec"].Deserialize(ManifestJson.Default.FunctionAppFields)!;
        return FunctionAppBinder.Bind(fields, _spec, files, manifest, problems) is not { } app ? null : WithCommon(new FunctionAppResource
        {
            Id = new(KindNames.FunctionApp, _metadata.Name),
            Origin = rendered.Where,
            App = app,
        });
    }

    public Resource? Machine(SourceFiles files, string manifest)
    {
        var fields = canonical["spec"].Deserialize(ManifestJson.Default.VirtualMachineFields)!;
        if (_metadata.Name == VirtualMachineBinder.ReservedName)
            problems.Add(rendered.At("metadata", "name")!.Where, $"no VirtualMachine can be named {_metadata.Name}, which is where machines have their images", "choose another name");
        return VirtualMachineBinder.Bind(fields, _spec, files, manifest, problems) is not { } machine ? null : WithCommon(new VirtualMachineResource
        {
            Id = new(KindNames.VirtualMachine, _metadata.Name),
            Origin = rendered.Where,
            Machine = machine,
        });
    }

    private Resource WithCommon(Resource resource) => resource with
    {
        DependsOn = DependsOn(),
        Suspend = _common.Suspend,
        PruneDisabled = PruneDisabled(),
        HealthTimeout = _common.HealthTimeout,
    };

    private ReadOnlyMemory<byte>? Content(ConfigFileFields spec, SourceFiles files, string manifest)
    {
        if (spec.Content is not null)
            return Encoding.UTF8.GetBytes(spec.Content);
        var source = (ScalarNode)_spec["source"]!;
        return source.Kind == ScalarKind.Placeholder ? ReadOnlyMemory<byte>.Empty : files.Find(manifest, source, problems)?.Content;
    }

    private static FileAction? Action(ConfigFileAction? action) => action switch
    {
        { ReloadUnit: { } unit } => new FileAction.ReloadUnit(unit),
        { RestartUnit: { } unit } => new FileAction.RestartUnit(unit),
        { RestartModule: { } module } => new FileAction.RestartModule(module),
        { Run: { } command } => new FileAction.Run(command),
        _ => null,
    };

    private ImmutableArray<ResourceId> DependsOn() =>
        [.. _common.DependsOn.Select(text => ResourceId.TryParse(text, out var id) ? id : default).Distinct()];

    private bool PruneDisabled()
    {
        var annotations = _metadata.Annotations ?? ImmutableSortedDictionary<string, string>.Empty;
        foreach (var name in annotations.Keys.Where(k => k.StartsWith(OwnPrefix, StringComparison.Ordinal) && k != PruneAnnotation))
            problems.Add(At(name), $"the annotation {Quote.Short(name)} is not known", $"did you mean `{PruneAnnotation}`? Other prefixes than `{OwnPrefix}` are free");
        var value = annotations.GetValueOrDefault(PruneAnnotation);
        if (value is not (null or "disabled" or "enabled"))
            problems.Add(At(PruneAnnotation), $"the annotation {PruneAnnotation} is {Quote.Short(value)}", "write `disabled` to keep the resource when its manifest goes away, or remove the annotation");
        return value == "disabled";
    }

    private Position At(string annotation) =>
        rendered["metadata"] is MapNode metadata && metadata["annotations"] is MapNode map && map.Find(annotation) is { } entry ? entry.KeyWhere : rendered.Where;
}
