using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Kinds.EdgeModule;

/// <summary>The container engines of a device: the host's, and one in every virtual machine whose guest answers.</summary>
internal sealed class Engines
{
    private readonly DesiredState _desired;
    private readonly ObservedState _observed;
    private readonly Dictionary<string, EngineIndex> _known = new(StringComparer.Ordinal);

    public Engines(DesiredState desired, ObservedState observed)
    {
        (_desired, _observed) = (desired, observed);
        Host = _known[EngineTarget.Host] = new(EngineTarget.Host, SharedNamespaces.WithDrift(desired, EngineTarget.Host, observed.Engine));
        foreach (var (machine, engine) in observed.GuestEngines)
            _known[machine] = new(machine, SharedNamespaces.WithDrift(desired, machine, engine));
    }

    public DesiredState Desired => _desired;

    public EngineIndex Host { get; }

    /// <summary>The host's first, then those of machines by their names. What a machine that is on its way out holds is not among them.</summary>
    public IEnumerable<EngineIndex> All =>
        _observed.GuestEngines.Keys.Where(machine => !IsLeaving(machine)).Select(machine => _known[machine]).Prepend(Host);

    public EngineIndex Of(EdgeModuleResource module) => Of(module.Container.Target);

    public IEnumerable<ObservedContainer> OwnedBy(ResourceId resource) => All.SelectMany(engine => engine.OwnedBy(resource));

    /// <summary>
    /// Why nothing can be done on an engine for now; null when something can. What a machine is provisioned with may be what its
    /// engine needs to reach a registry, so that comes first.
    /// </summary>
    public string? ObstacleOf(EngineIndex engine) =>
        engine.Observed.Unavailable is { } why ? why
        : MachineOf(engine.Target) is { } machine && _observed.Machines.GetValueOrDefault(engine.Target) is { } found && VirtualMachinePlanner.NeedsProvisioning(machine, found) ? $"{machine.Id} is not provisioned yet"
        : null;

    /// <summary>Whether a machine will be stopped, and what runs in it with it.</summary>
    public bool IsToRest(string target) => MachineOf(target) is { Machine.Power: MachinePower.Stopped };

    private bool IsLeaving(string target) => MachineOf(target) is null or { Machine.Power: MachinePower.Stopped };

    private VirtualMachineResource? MachineOf(string target) =>
        EngineTarget.MachineOf(target) is { } id ? _desired.Resources.GetValueOrDefault(id) as VirtualMachineResource : null;

    private EngineIndex Of(string target)
    {
        if (!_known.TryGetValue(target, out var engine))
            _known.Add(target, engine = new(target, new() { Unavailable = WhyUnknown(target) }));
        return engine;
    }

    private string WhyUnknown(string machine) => $"{KindNames.VirtualMachine}/{machine} " + _observed.Machines.GetValueOrDefault(machine) switch
    {
        null => "has not been started yet",
        { Unavailable: { } why } => $"can't be reached: {why}",
        { Phase: MachinePhase.Booting } => "is still booting",
        { Phase: MachinePhase.Paused } => "is paused",
        { Phase: MachinePhase.Hung } => "does not answer",
        { Phase: MachinePhase.Running, Driver: MachineDriver.Eflow or MachineDriver.Wsl } => "has no container engine within the agent's reach: only machines of QEMU have",
        { Phase: MachinePhase.Running } => "has no container engine that answers",
        _ => "does not run",
    };
}

internal static class EnginesOfContext
{
    /// <summary>The engines of what is planned, indexed once.</summary>
    public static Engines Engines(this PlanningContext context) => context.Shared(shared => new Engines(shared.Desired, shared.Observed));
}
