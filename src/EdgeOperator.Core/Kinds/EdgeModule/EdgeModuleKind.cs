using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds.EdgeModule.Compiling;
using EdgeOperator.Core.Kinds.EdgeModule.IotEdge;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Reading;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Kinds.EdgeModule;

/// <summary>Containers on the host's engine, or on that of a virtual machine.</summary>
internal sealed class EdgeModuleKind : Kind
{
    public override string Name => KindNames.EdgeModule;

    public override IReadOnlyList<string> ShortNames => ["module", "em"];

    internal override KindDefinition Definition => EdgeModuleDefinition.Kind;

    internal override Resource? Bind(ManifestBinding manifest)
    {
        var fields = manifest.Read(EdgeModuleJson.Default.EdgeModuleFields);
        if (!EngineSyntax.IsContainerName(manifest.Id.Name))
            manifest.Problems.Add((manifest.Document["metadata"] as MapNode)?["name"]?.Where ?? manifest.Origin, $"{Quote.Short(manifest.Id.Name)} can't name a container", "take at least two letters or digits");
        return ContainerCompiler.Compile(manifest.Id.Name, fields, manifest.Spec, manifest.Problems) is not { } container ? null : new EdgeModuleResource
        {
            Id = manifest.Id,
            Origin = manifest.Origin,
            Container = container,
            DependsOn = EngineTarget.MachineOf(fields.Target) is { } machine ? [machine] : [],
        };
    }

    internal override void CheckInvalid(MapNode spec, ProblemCollector problems) => ContainerCompiler.CheckOptions(spec, problems);

    internal override IEnumerable<ResourceReference> ReferencesOf(Resource resource, MapNode spec)
    {
        var target = ((EdgeModuleResource)resource).Container.Target;
        if (EngineTarget.MachineOf(target) is { } machine && !target.Contains("${", StringComparison.Ordinal) && spec["target"] is { Where: var where })
            yield return new(machine, where, "should run in", $"write `{EngineTarget.Host}` for the device's own engine");
    }

    internal override IEnumerable<Claim> ClaimsOf(Resource resource, MapNode? spec) => ModuleClaims.Of((EdgeModuleResource)resource, spec);

    internal override JsonObject SpecOf(Resource resource)
    {
        var container = ((EdgeModuleResource)resource).Container;
        var options = JsonNode.Parse(container.CreateBody)!.AsObject();
        options.Remove("Image");
        var spec = new JsonObject
        {
            ["image"] = container.Image,
            ["imagePullPolicy"] = container.PullPolicy switch { ImagePullPolicy.Never => "never", ImagePullPolicy.IfNotPresent => "if-not-present", _ => "on-create" },
            ["restartPolicy"] = container.Restart switch { RestartPolicy.Always => "always", RestartPolicy.OnFailed => "on-failed", RestartPolicy.Never => "never", _ => "on-unhealthy" },
            ["status"] = container.Power == ModulePower.Stopped ? "stopped" : "running",
            ["createOptions"] = options,
        };
        if (container.StartupOrder != uint.MaxValue)
            spec["startupOrder"] = container.StartupOrder;
        return spec;
    }

    internal override ImportedDocument? Import(MapNode document, ImportContext import, ProblemCollector problems)
    {
        if (!IotEdgeDeployment.Matches(document))
            return null;
        var built = BuiltDeployment.Of(import.File, import.Files);
        if (built is not null && !import.IsNamed && BuiltDeployment.IsNeeded(document))
        {
            problems.Warn(document.Where, "it is left out: it is a template with images that must be built", $"{built}, which the build has made of it, is taken; move templates out of the source's folder");
            return new([], []);
        }

        var deployment = IotEdgeDeployment.Read(document, import.Context, problems, built);
        return new([.. deployment.Modules], deployment.RegistryCredentials);
    }

    /// <summary>A module that lives in another one's network or namespaces, or mounts its volumes, depends on it.</summary>
    internal override DesiredState Complete(DesiredState desired) => SharedNamespaces.WithDependencies(desired);

    internal override ObservedState ForSnapshot(ObservedState observed) => observed with
    {
        Engine = WithoutOutput(observed.Engine),
        GuestEngines = observed.GuestEngines.ToImmutableSortedDictionary(engine => engine.Key, engine => WithoutOutput(engine.Value), StringComparer.Ordinal),
    };

    internal override KindPlanner CreatePlanner(PlanningContext context) => new EdgeModulePlanner(context);

    internal override ReadinessReport Assess(Resource resource, PlanningContext context) =>
        EdgeModuleReadiness.Assess((EdgeModuleResource)resource, context.Engines(), context.Now);

    /// <summary>Others wait for the end of a module that runs once, and for its success.</summary>
    internal override ReadinessReport AssessForDependents(Resource resource, PlanningContext context)
    {
        var report = Assess(resource, context);
        return report is { IsReady: true, IsCompleted: false } && resource is EdgeModuleResource { Container: { Restart: RestartPolicy.Never, Power: ModulePower.Running } }
            ? report with { Level = ReadinessLevel.Progressing, Message = "it runs, and has to end with code 0 before what depends on it begins" }
            : report;
    }

    internal override ReadinessReport AssessReplacement(Resource resource, PlanningContext context) =>
        EdgeModuleReadiness.AssessReplacement((EdgeModuleResource)resource, context.Engines(), context.Now);

    private static ObservedEngine WithoutOutput(ObservedEngine engine) =>
        engine with { Containers = [.. engine.Containers.Select(container => container with { HealthDetail = null, LastLines = [] })] };
}
