using System.Globalization;
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
    private const string Everywhere = "0.0.0.0";

    public override string Name => KindNames.EdgeModule;

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
            yield return new(machine, where, "is to run in", $"write `{EngineTarget.Host}` for the device's own engine");
    }

    /// <summary>Ranges and ports that the engine chooses are left out.</summary>
    internal override IEnumerable<Claim> ClaimsOf(Resource resource)
    {
        if (resource is not EdgeModuleResource { Container: { Power: ModulePower.Running, Target: EngineTarget.Host, CreateBody: var body } }
            || !body.Contains("\"PortBindings\"", StringComparison.Ordinal))
            yield break;
        foreach (var (inside, bindings) in JsonNode.Parse(body)?["HostConfig"]?["PortBindings"] as JsonObject ?? [])
        {
            var protocol = inside.Split('/') is [_, var named] ? named : "tcp";
            foreach (var binding in bindings as JsonArray ?? [])
            {
                // One module may give way to another, so what two of them ask for is the engine's business.
                if (int.TryParse((string?)binding?["HostPort"], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
                    yield return Claim.Port((string?)binding?["HostIp"] is { Length: > 0 } address ? address : Everywhere, port, protocol, "port") with { IsShared = true };
            }
        }
    }

    internal override ImportedDocument? Import(MapNode document, ImportContext import, ProblemCollector problems)
    {
        if (!IotEdgeDeployment.Matches(document))
            return null;
        var built = BuiltDeployment.Of(import.File, import.Files);
        if (built is not null && !import.IsNamed && BuiltDeployment.IsNeeded(document))
        {
            problems.Warn(document.Where, "it is left out: it is a template with images that are to be built", $"{built}, which the build has made of it, is taken; move templates out of the source's folder");
            return new([], []);
        }

        var deployment = IotEdgeDeployment.Read(document, import.Context, problems, built);
        return new([.. deployment.Modules], deployment.RegistryCredentials);
    }

    /// <summary>A module that lives in another one's network or namespaces, or mounts its volumes, depends on it.</summary>
    internal override DesiredState Complete(DesiredState desired) => SharedNamespaces.WithDependencies(desired);

    internal override KindPlanner CreatePlanner(PlanningContext context) => new EdgeModulePlanner(context);

    internal override ReadinessReport Assess(Resource resource, PlanningContext context) =>
        EdgeModuleReadiness.Assess((EdgeModuleResource)resource, context.Engines(), context.Now);

    internal override ReadinessReport AssessReplacement(Resource resource, PlanningContext context) =>
        EdgeModuleReadiness.AssessReplacement((EdgeModuleResource)resource, context.Engines(), context.Now);
}
