using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Tests.Planning.Model;

/// <summary>How what is started from an image behaves.</summary>
internal enum Behaviour
{
    Runs,
    StartsSlowly,
    NeverHealthy,
    Crashes,
    Completes,
}

/// <summary>A device in memory that does what container engines, machines and a file system would.</summary>
internal sealed class ModelDevice
{
    private readonly SortedDictionary<string, ModelEngine> _guests = new(StringComparer.Ordinal);
    private readonly HashSet<string> _up = [];

    public ModelDevice() => Host = NewEngine("c");

    public DateTimeOffset Now { get; set; } = Given.Now;

    public Func<string, Behaviour> BehaviourOf { get; set; } = _ => Behaviour.Runs;

    public ModelEngine Host { get; }

    /// <summary>The engines of machines whose guests answer.</summary>
    public IEnumerable<(string Machine, ModelEngine Engine)> Guests => Machines.Observe().Values
        .Where(machine => machine.Phase == MachinePhase.Running).Select(machine => (machine.Name, GuestOf(machine.Name)));

    public IEnumerable<(string Target, ModelEngine Engine)> Engines => Guests.Append((EngineTarget.Host, Host));

    public HashSet<string> Images => Host.Images;

    public HashSet<string> Networks => Host.Networks;

    public HashSet<string> OwnedNetworks => Host.OwnedNetworks;

    public HashSet<string> Volumes => Host.Volumes;

    public Dictionary<string, ObservedConfigFile> Files { get; } = [];

    public ModelApps Apps { get; } = new();

    public ModelMachines Machines { get; } = new();

    public IEnumerable<ObservedContainer> Containers => Host.Containers;

    public void Put(ObservedContainer container) => Host.Put(container);

    /// <summary>Lets time pass: what starts slowly becomes healthy, what completes exits, machines boot.</summary>
    public void Settle(TimeSpan time)
    {
        Now += time;
        Apps.Settle();
        Machines.Settle();
        Host.Settle();
        _up.IntersectWith(Guests.Select(guest => guest.Machine));
        foreach (var (machine, engine) in Guests)
        {
            if (_up.Add(machine))
                engine.Boot();
            engine.Settle();
        }
    }

    public ObservedState Observe() => new()
    {
        Engine = Host.Observe(),
        GuestEngines = Guests.ToImmutableSortedDictionary(guest => guest.Machine, guest => guest.Engine.Observe(), StringComparer.Ordinal),
        Files = Files.ToImmutableSortedDictionary(StringComparer.Ordinal),
        Apps = Apps.Observe(),
        Machines = Machines.Observe(),
    };

    /// <summary>Carries out one step. False when the device would refuse it.</summary>
    public bool Execute(Step step, DesiredState desired) => step switch
    {
        WriteFile write => Write(write, desired),
        RestoreFile restore => Files.Remove(restore.Path),
        RunAction run => RunAction(run),
        InstallApp or ServeApp or StopApp or RemoveGeneration => Apps.Execute(step, desired),
        _ when step.Resource.Kind == KindNames.VirtualMachine => Machines.Execute(step, desired),
        { Target: EngineTarget.Host } => Host.Execute(step, desired),
        _ => Guests.Any(guest => guest.Machine == step.Target) && GuestOf(step.Target).Execute(step, desired),
    };

    private bool Write(WriteFile write, DesiredState desired)
    {
        var resource = (ConfigFileResource)desired.Resources[write.Resource];
        Files[write.Path] = Given.Written(resource) with
        {
            WrittenAt = Now,
            ActionPending = resource.File.OnChange is not null,
            PruneDisabled = resource.PruneDisabled,
        };
        return true;
    }

    private bool RunAction(RunAction run)
    {
        if (run.Action is FileAction.RestartModule restart)
        {
            foreach (var place in Engines)
                place.Engine.Restart(Given.ModuleId(restart.Module));
        }

        Files[run.Path] = Files[run.Path] with { ActionPending = false };
        return true;
    }

    private ModelEngine GuestOf(string machine)
    {
        if (!_guests.TryGetValue(machine, out var engine))
            _guests.Add(machine, engine = NewEngine($"{machine}-c"));
        return engine;
    }

    private ModelEngine NewEngine(string ids) => new(ids, () => Now, image => BehaviourOf(image));
}
