using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Tests.Planning.Model;

/// <summary>
/// A container engine in memory: as strict as Docker is, and stricter where a mistake would be hidden (a running container can't
/// be removed, a missing volume is not made by itself).
/// </summary>
/// <param name="ids">Begins the ids of its containers.</param>
internal sealed class ModelEngine(string ids, Func<DateTimeOffset> now, Func<string, Behaviour> behaviourOf)
{
    private readonly Dictionary<string, ObservedContainer> _containers = [];
    private int _ids;

    public HashSet<string> Images { get; } = [];

    public HashSet<string> Networks { get; } = [];

    public HashSet<string> OwnedNetworks { get; } = [];

    public HashSet<string> Volumes { get; } = [];

    public IEnumerable<ObservedContainer> Containers => _containers.Values;

    public void Put(ObservedContainer container)
    {
        _containers.Add(container.Id, container);
        Images.Add(container.Image);
    }

    public void Settle()
    {
        foreach (var container in _containers.Values.Where(container => container.Phase == ContainerPhase.Running).ToList())
        {
            _containers[container.Id] = behaviourOf(container.Image) switch
            {
                Behaviour.StartsSlowly => container with { Health = ContainerHealth.Healthy },
                Behaviour.NeverHealthy => container with { Health = ContainerHealth.Unhealthy },
                Behaviour.Completes => container with { Phase = ContainerPhase.Exited, ExitCode = 0, FinishedAt = now() },
                _ => container,
            };
        }
    }

    /// <summary>The machine under the engine was started: what ran runs again.</summary>
    public void Boot()
    {
        foreach (var container in _containers.Values.Where(container => container.Phase is ContainerPhase.Running or ContainerPhase.Restarting).ToList())
            _containers[container.Id] = Started(container);
    }

    public ObservedEngine Observe() => new()
    {
        Containers = [.. _containers.Values.OrderByDescending(container => container.Created)],
        Images = Images.ToImmutableSortedDictionary(image => image, image => new ObservedImage($"sha256:{image}", []), StringComparer.Ordinal),
        Networks = [.. Networks],
        OwnedNetworks = [.. OwnedNetworks],
        Volumes = [.. Volumes],
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
        ContainerStep change => Change(change, desired),
        _ => throw new NotSupportedException(step.Id),
    };

    public void Restart(ResourceId module)
    {
        foreach (var container in _containers.Values.Where(container => container.Resource == module && container.Phase == ContainerPhase.Running).ToList())
            _containers[container.Id] = Started(container);
    }

    private bool Create(CreateContainer create, DesiredState desired)
    {
        var module = (EdgeModuleResource)desired.Resources[create.Resource];
        var spec = module.Container;
        if (IsTaken(create.Name) || !Images.Contains(spec.Image) || !Networks.IsSupersetOf(spec.Networks) || !Volumes.IsSupersetOf(spec.Volumes))
            return false;
        if (spec.Target != create.Target)
            throw new InvalidOperationException($"{create.Id} is not where {create.Resource} belongs");
        Put(new()
        {
            Id = $"{ids}{++_ids:0000}",
            Name = create.Name,
            Resource = create.Resource,
            SpecHash = create.SpecHash,
            Revision = desired.Revision,
            Image = spec.Image,
            ImageId = $"sha256:{spec.Image}",
            Phase = ContainerPhase.Created,
            Created = now().AddTicks(_ids),
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
                _containers[id] = running ? container with { Phase = ContainerPhase.Exited, ExitCode = 0, FinishedAt = now(), Health = ContainerHealth.None } : container;
                return true;
            case UpdateContainer:
                _containers[id] = container with { ChangedSettings = [] };
                return true;
            case ConnectNetwork connect when running && Networks.Contains(connect.Network) && !container.Networks.Contains(connect.Network):
                _containers[id] = container with { Networks = container.Networks.Add(connect.Network) };
                return true;
            case DisconnectNetwork disconnect when container.Networks.Contains(disconnect.Network):
                _containers[id] = container with { Networks = container.Networks.Remove(disconnect.Network) };
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
        var behaviour = behaviourOf(container.Image);
        return container with
        {
            Phase = behaviour == Behaviour.Crashes ? ContainerPhase.Restarting : ContainerPhase.Running,
            Health = behaviour switch
            {
                Behaviour.StartsSlowly or Behaviour.NeverHealthy => ContainerHealth.Starting,
                _ => ContainerHealth.None,
            },
            StartedAt = now(),
        };
    }

    private string Newest(ResourceId resource, string hash) => _containers.Values
        .Where(container => container.Resource == resource && container.SpecHash == hash)
        .MaxBy(container => container.Created)!.Id;

    private bool RemoveNetwork(string network) =>
        _containers.Values.All(container => !container.Networks.Contains(network)) && OwnedNetworks.Remove(network) && Networks.Remove(network);

    private bool IsTaken(string name) => _containers.Values.Any(container => container.Name == name);
}
