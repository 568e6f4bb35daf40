using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Core.Kinds.EdgeModule;

/// <summary>Plans modules, each on its engine.</summary>
internal sealed class EdgeModulePlanner(PlanningContext context) : KindPlanner
{
    /// <summary>Without the host's engine nothing is known about its containers.</summary>
    public override BlockedResource? Unfetchable =>
        context.Observed.Engine.Unavailable is { } why && context.Desired.Modules.Any(module => module.Container.Target == EngineTarget.Host)
            ? new(default, BlockedReason.EngineUnavailable, $"the revision is not known to be fetched: {why}", Until: null, IsProblem: true)
            : null;

    public override BlockedResource? BlockOf(Resource resource) =>
        resource is EdgeModuleResource { Container.Target: EngineTarget.Host } && context.Observed.Engine.Unavailable is { } why
            ? new(resource.Id, BlockedReason.EngineUnavailable, why, Until: null, IsProblem: true)
            : null;

    public override ResourcePlan Plan(Resource resource, Func<ResourceId, ResourcePlan?> planned)
    {
        var (module, engines) = ((EdgeModuleResource)resource, context.Engines());
        var engine = engines.Of(module);
        if (engines.IsToRest(engine.Target))
            return ResourcePlan.Nothing;
        if (engines.ObstacleOf(engine) is not { } why)
            return new ContainerPlanner(context, engine).Plan(module);

        // The machine's own steps bring its engine up, and this is looked at again then.
        return EngineTarget.MachineOf(engine.Target) is { } machine && planned(machine)?.Blocked is { Reason: BlockedReason.Suspended }
            ? ResourcePlan.Block(PlanningContext.Suspended(module.Id) with { Message = $"{why}, and is suspended" })
            : ResourcePlan.Block(new(module.Id, BlockedReason.EngineUnavailable, why, Until: null, IsProblem: false));
    }

    public override bool IsRunning(ResourceId resource) => context.Engines().OwnedBy(resource).Any(ModuleContainers.IsActive);

    public override IEnumerable<Step> ShutDown(Resource resource)
    {
        var module = (EdgeModuleResource)resource;
        var engine = context.Engines().Of(module);
        return engine.OwnedBy(module.Id).Where(ModuleContainers.IsActive)
            .Select(container => new StopContainer(module.Id, "the device is rebooted", container.Id, module.Container.StopTimeout) { Target = engine.Target });
    }

    public override PrunePlan Prune(PruneContext pruning) => new EdgeModulePruning(context, pruning).Plan();
}
