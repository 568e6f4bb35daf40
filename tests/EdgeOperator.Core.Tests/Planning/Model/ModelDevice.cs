using System.Collections.Immutable;
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

/// <summary>
/// A device in memory that does what Docker and a file system would: as strict as they are, and stricter where a
/// mistake would be hidden (a running container can't be removed, a missing volume is not made by itself).
/// </summary>
internal sealed class ModelDevice
{
    private readonly Dictionary<string, ObservedContainer> _containers = [];
    private int _ids;

    public DateTimeOffset Now { get; set; } = Given.Now;

    public Func<string, Behaviour> BehaviourOf { get; set; } = _ => Behaviour.Runs;

    public HashSet<string> Images { get; } = [];

    public HashSet<string> Networks { get; } = [];

    public HashSet<string> OwnedNetworks { get; } = [];

    public HashSet<string> Volumes { get; } = [];

    public Dictionary<string, ObservedFile> Files { get; } = [];

    public ModelApps Apps { get; } = new();

    public ModelMachines Machines { get; } = new();

    public IEnumerable<ObservedContainer> Containers => _containers.Values;

    public void Put(ObservedContainer container)
    {
        _containers.Add(container.Id, container);
        Images.Add(container.Image);
    }

    /// <summary>Lets time pass: what starts slowly becomes healthy, what completes exits.</summary>
    public void Settle(TimeSpan time)
    {
        Now += time;
        Apps.Settle();
        Machines.Settle();
        foreach (var container in _containers.Values.Where(container => container.Phase == ContainerPhase.Running).ToList())
        {
            _containers[container.Id] = BehaviourOf(container.Image) switch
            {
                Behaviour.StartsSlowly => container with { Health = ContainerHealth.Healthy },
                Behaviour.NeverHealthy => container with { Health = ContainerHealth.Unhealthy },
                Behaviour.Completes => container with { Phase = ContainerPhase.Exited, ExitCode = 0, FinishedAt = Now },
                _ => container,
            };
        }
    }

    public ObservedState Observe() => new()
    {
        Engine = new()
        {
            Containers = [.. _containers.Values.OrderByDescending(container => container.Created)],
            Images = Images.ToImmutableSortedDictionary(image => image, image => new ObservedImage($"sha256:{image}", []), StringComparer.Ordinal),
            Networks = [.. Networks],
            OwnedNetworks = [.. OwnedNetworks],
            Volumes = [.. Volumes],
        },
        Files = Files.ToImmutableSortedDictionary(StringComparer.Ordinal),
        Apps = Apps.Observe(),
        Machines = Machines.Observe(),
    };

    /// <summary>Carries out one step. False when the engine would refuse it.</summary>
    public bool Execute(Step step, DesiredState desired) => step switch
    {
        PullImage pull => Images.Add(pull.Image) || true,
        CreateNetwork create => Networks.Add(create.Network) && OwnedNetworks.Add(create.Network),
        RemoveNetwork remove => RemoveNetwork(remove.Network),
        CreateVolume create => Volumes.Add(create.Volume),
        CreateContainer create => Create(create, desired),
        RemoveImage remove => Images.RemoveWhere(image => $"sha256:{image}" == remove.ImageId) > 0,
        WriteFile write => Write(write, desired),
        RestoreFile restore => Files.Remove(restore.Path),
        RunAction run => RunAction(run),
        ContainerStep change => Change(change, desired),
        InstallApp or ServeApp or StopApp or RemoveGeneration => Apps.Execute(step, desired),
        _ when step.Resource.Kind == Kinds.VirtualMachine => Machines.Execute(step, desired),
        _ => throw new NotSupportedException(step.Id),
    };

    private bool Create(CreateContainer create, DesiredState desired)
    {
        var module = (ModuleResource)desired.Resources[create.Resource];
        var spec = module.Container;
        if (IsTaken(create.Name) || !Images.Contains(spec.Image) || !Networks.IsSupersetOf(spec.Networks) || !Volumes.IsSupersetOf(spec.Volumes))
            return false;
        Put(new()
        {
            Id = $"c{++_ids:0000}",
            Name = create.Name,
            Resource = create.Resource,
            SpecHash = create.SpecHash,
            Revision = desired.Revision,
            Image = spec.Image,
            ImageId = $"sha256:{spec.Image}",
            Phase = ContainerPhase.Created,
            Created = Now.AddTicks(_ids),
            Networks = spec.Networks,
            PruneDisabled = module.PruneDisabled,
        });
        return true;
    }

    private bool Change(ContainerStep step, DesiredState desired)
    {
        var id = step.ContainerId ?? Newest(step.Resource, desired.Resources[step.Resource].SpecHash);
        var container = _containers[id];
        if (container.Resource != step.Resource)
            throw new InvalidOperationException($"{step.Id} acts on {container.Name}, which does not belong to {step.Resource}");

        var running = container.Phase is ContainerPhase.Running or ContainerPhase.Restarting or ContainerPhase.Paused;
        switch (step)
        {
            case StartContainer or RestartContainer when Networks.IsSupersetOf(container.Networks):
                _containers[id] = Started(container);
                return true;
            case StopContainer:
                _containers[id] = running ? container with { Phase = ContainerPhase.Exited, ExitCode = 0, FinishedAt = Now, Health = ContainerHealth.None } : container;
                return true;
            case RenameContainer rename when !IsTaken(rename.Name):
                _containers[id] = container with { Name = rename.Name };
                return true;
            case RemoveContainer when !running:
                return _containers.Remove(id);
            default:
                return false;
        }
    }

    private ObservedContainer Started(ObservedContainer container)
    {
        var behaviour = BehaviourOf(container.Image);
        return container with
        {
            Phase = behaviour == Behaviour.Crashes ? ContainerPhase.Restarting : ContainerPhase.Running,
            Health = behaviour switch
            {
                Behaviour.StartsSlowly or Behaviour.NeverHealthy => ContainerHealth.Starting,
                _ => ContainerHealth.None,
            },
            StartedAt = Now,
        };
    }

    private string Newest(ResourceId resource, string hash) => _containers.Values
        .Where(container => container.Resource == resource && container.SpecHash == hash)
        .MaxBy(container => container.Created)!.Id;

    private bool Write(WriteFile write, DesiredState desired)
    {
        var resource = (FileResource)desired.Resources[write.Resource];
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
            foreach (var container in _containers.Values.Where(c => c.Resource == Given.ModuleId(restart.Module) && c.Phase == ContainerPhase.Running).ToList())
                _containers[container.Id] = Started(container);
        }

        Files[run.Path] = Files[run.Path] with { ActionPending = false };
        return true;
    }

    private bool RemoveNetwork(string network) =>
        _containers.Values.All(container => !container.Networks.Contains(network)) && OwnedNetworks.Remove(network) && Networks.Remove(network);

    private bool IsTaken(string name) => _containers.Values.Any(container => container.Name == name);
}
