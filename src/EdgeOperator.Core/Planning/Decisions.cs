using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Planning;

/// <summary>What each desired resource needs, or why it is left alone.</summary>
internal sealed class Decisions
{
    private readonly Situation _situation;
    private readonly DependencyGraph _graph;
    private readonly ConfigFilePlanner _files;
    private readonly FunctionAppPlanner _apps;
    private readonly VirtualMachinePlanner _machines;
    private readonly Held? _unfetchable;
    private readonly Dictionary<ResourceId, ResourcePlan> _plans;
    private readonly List<(Resource, ResourcePlan)> _needed = [];

    public Decisions(Situation situation, DependencyGraph graph, ConfigFilePlanner files)
    {
        (_situation, _graph, _files, _apps, _machines) = (situation, graph, files, new(situation), new(situation));
        _plans = new(graph.Order.Length);

        // Whether a revision is fetched can't be told without the engine, and it begins as a whole or not at all.
        if (situation.Observed.Engine.Unavailable is { } why && !situation.Inventory.Committed
            && situation.Desired.Modules.Any(module => module.Container.Target == EngineTarget.Host))
            _unfetchable = new(default, HoldReason.EngineUnavailable, $"the revision is not known to be fetched: {why}", Until: null, IsProblem: true);

        foreach (var resource in graph.Order)
            _plans.Add(resource.Id, Decide(resource));
        foreach (var resource in graph.Order)
        {
            var plan = _plans[resource.Id];
            if (plan.ModuleRestart is not null)
                _plans[resource.Id] = plan = PlaceModuleRestart((ConfigFileResource)resource, plan);
            if (plan != ResourcePlan.Nothing)
                _needed.Add((resource, plan));
        }
    }

    /// <summary>Whether the revision may begin as far as anybody can tell.</summary>
    public bool IsFetchable => _unfetchable is null;

    public ResourcePlan this[ResourceId id] => _plans[id];

    /// <summary>Resources that are not in sync, each behind those that it depends on.</summary>
    public IReadOnlyList<(Resource Resource, ResourcePlan Plan)> Needed => _needed;

    /// <summary>
    /// Whether others may rely on the resource as it is. A file may be relied on once it is written, even where its action
    /// is still to be run: the module to restart, or the machine that the module runs in, may itself depend on the file.
    /// </summary>
    public bool IsReady(ResourceId id) => _situation.Desired.Resources[id] switch
    {
        ConfigFileResource file => ConfigFileReadiness.IsWritten(file, _situation.Observed),
        var resource => Readiness.Assess(resource, _situation.Observed, _situation.Engines, _situation.Now).IsReady,
    };

    private ResourcePlan Decide(Resource resource)
    {
        if (resource.Suspend || _situation.Inventory.Suspended.Contains(resource.Id))
            return ResourcePlan.Hold(Situation.Suspended(resource.Id));
        if (resource is EdgeModuleResource { Container.Target: EngineTarget.Host } && _situation.Observed.Engine.Unavailable is { } why)
            return ResourcePlan.Hold(new(resource.Id, HoldReason.EngineUnavailable, why, Until: null, IsProblem: true));
        if (_graph.Problems.TryGetValue(resource.Id, out var problem))
            return ResourcePlan.Hold(problem);
        foreach (var dependency in resource.DependsOn)
        {
            if (_plans[dependency].Held is { IsProblem: true } hold)
                return ResourcePlan.Hold(DependencyHeld(resource.Id, hold));
        }

        return resource switch
        {
            ConfigFileResource or FunctionAppResource or VirtualMachineResource when _unfetchable is not null => ResourcePlan.Hold(_unfetchable with { Resource = resource.Id }),
            EdgeModuleResource module => Decide(module),
            ConfigFileResource file => Soften(file, _files.Plan(file)),
            FunctionAppResource app => Soften(app, _apps.Plan(app)),
            VirtualMachineResource machine => Soften(machine, _machines.Plan(machine)),
            _ => throw new NotSupportedException($"{resource.Id} is of a kind that nothing plans."),
        };
    }

    private ResourcePlan Decide(EdgeModuleResource module)
    {
        var engine = _situation.Engines.Of(module);
        if (_situation.Engines.IsToRest(engine.Target))
            return ResourcePlan.Nothing;
        if (_situation.Engines.ObstacleOf(engine) is not { } why)
            return Soften(module, new EdgeModulePlanner(_situation, engine).Plan(module));

        // The machine's own steps bring its engine up, and this is looked at again then.
        return EngineTarget.MachineOf(engine.Target) is { } machine && _plans.TryGetValue(machine, out var plan) && plan.Held is { Reason: HoldReason.Suspended }
            ? ResourcePlan.Hold(Situation.Suspended(module.Id) with { Message = $"{why}, and is suspended" })
            : ResourcePlan.Hold(new(module.Id, HoldReason.EngineUnavailable, why, Until: null, IsProblem: false));
    }

    /// <summary>Leaves a resource that failed lately in peace, but does not forget what its revision still has to fetch.</summary>
    private ResourcePlan Soften(Resource resource, ResourcePlan plan)
    {
        if (plan == ResourcePlan.Nothing || plan.Held is not null || _situation.BackOff(resource.Id, resource.SpecHash) is not { } hold)
            return plan;
        return new() { Held = hold, Fetch = _situation.Inventory.Committed || plan.Fetch is null ? null : plan.Fetch with { NotBefore = hold.Until } };
    }

    /// <summary>
    /// Drops the restart of a module that reads the file in any case when it starts, or does not run; a module that is
    /// left alone is not restarted either.
    /// </summary>
    private ResourcePlan PlaceModuleRestart(ConfigFileResource file, ResourcePlan plan)
    {
        var id = new ResourceId(KindNames.EdgeModule, ((FileAction.RestartModule)plan.ModuleRestart!.Action).Module);
        var dropped = plan with { ModuleRestart = null };
        if (!_plans.TryGetValue(id, out var module))
            return dropped;
        if (module.Held is { } hold)
            return dropped.HasSteps ? dropped : ResourcePlan.Hold(hold with { Resource = file.Id, Message = $"its action restarts {id}, which is held: {hold.Message}" });
        if (module.Starts)
            return _graph.FilesOf(id).Contains(file.Id) ? dropped : plan;
        return module.Switch.OfType<StopContainer>().Any() || !_situation.Engines.OwnedBy(id).Any(ModuleContainers.IsActive) ? dropped : plan;
    }

    private static Held DependencyHeld(ResourceId id, Held dependency) => new(
        id,
        HoldReason.DependencyHeld,
        $"it depends on {dependency.Resource}, which is held ({dependency.Reason})",
        Until: null,
        IsProblem: true);
}
