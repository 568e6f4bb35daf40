using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning.Files;
using EdgeOperator.Core.Planning.Modules;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning;

/// <summary>
/// What goes because nothing desires it any more. Only what the agent made, and nothing for good before the revision
/// is committed.
/// </summary>
internal sealed class Pruning
{
    private readonly DesiredState _desired;
    private readonly EngineIndex _engine;
    private readonly Decisions _decisions;
    private readonly Inventory _inventory;
    private readonly DateTimeOffset _now;
    private readonly Dictionary<ResourceId, Held> _held = [];

    public Pruning(DesiredState desired, EngineIndex engine, FilePlanner files, Decisions decisions, Inventory inventory, DateTimeOffset now)
    {
        (_desired, _engine, _decisions, _inventory, _now) = (desired, engine, decisions, inventory, now);
        var containers = AbandonedContainers().ToList();
        Stops = [.. containers.Where(ModuleContainers.IsActive).Select(Stop)];
        Removals = [.. inventory.Committed ? containers.Select(Remove) : [], .. decisions.IsFetchable ? Restores(files) : [], .. Networks(), .. Images()];
    }

    /// <summary>Come first, so that what takes over a port finds it free.</summary>
    public ImmutableArray<StopContainer> Stops { get; }

    /// <summary>Come last. A container's removal requires its stop.</summary>
    public ImmutableArray<Step> Removals { get; }

    public IEnumerable<Held> Held => _held.Values;

    private IEnumerable<ObservedContainer> AbandonedContainers() => _engine.Owners
        .Where(owner => !_desired.Resources.ContainsKey(owner) && !IsHeld(owner))
        .Order()
        .SelectMany(owner => _engine.OwnedBy(owner).Where(container => !container.PruneDisabled).OrderBy(container => container.Id, StringComparer.Ordinal));

    private static StopContainer Stop(ObservedContainer container) =>
        new(container.Resource!.Value, $"{container.Resource} is no longer desired", container.Id, Timeout: null);

    private static RemoveContainer Remove(ObservedContainer container) =>
        new(container.Resource!.Value, $"{container.Resource} is no longer desired", container.Id)
        {
            Requires = ModuleContainers.IsActive(container) ? [Stop(container).Id] : [],
        };

    private IEnumerable<Step> Restores(FilePlanner files)
    {
        foreach (var file in files.Abandoned())
        {
            var owner = file.WrittenFor!.Value;
            if (_desired.Resources.ContainsKey(owner) ? _decisions[owner].Held is not null : IsHeld(owner))
                continue;
            if (file.Refused is { } refusal)
                _held.TryAdd(owner, FilePlanner.PathRefused(owner, file.Path, refusal));
            else
                yield return new RestoreFile(owner, $"{owner} no longer asks for it", file.Path);
        }
    }

    private IEnumerable<Step> Networks()
    {
        var owned = _engine.Engine.OwnedNetworks;
        if (!_inventory.Committed || owned.IsEmpty)
            return [];
        var used = _desired.Modules.SelectMany(module => module.Container.Networks)
            .Concat(_engine.Engine.Containers.SelectMany(container => container.Networks))
            .ToHashSet(StringComparer.Ordinal);
        return owned.Where(network => !used.Contains(network))
            .Select(network => new RemoveNetwork(new("Network", network), "nothing uses it any more", network))
            .Where(step => !IsHeld(step.Resource));
    }

    private IEnumerable<Step> Images()
    {
        if (!_inventory.Committed || _inventory.CollectableImages.IsEmpty)
            return [];
        var used = _engine.Engine.Containers.Select(container => container.ImageId)
            .Concat(_desired.Modules.Select(module => _engine.Image(module.Container.Image)?.Id).OfType<string>())
            .ToHashSet(StringComparer.Ordinal);
        var present = _engine.Engine.Images.Values.Select(image => image.Id).ToImmutableSortedSet(StringComparer.Ordinal);
        return present.Where(id => _inventory.CollectableImages.Contains(id) && !used.Contains(id))
            .Select(id => new RemoveImage(new("Image", id), "no kept revision names it", id))
            .Where(step => !IsHeld(step.Resource));
    }

    private bool IsHeld(ResourceId id)
    {
        var hold = _inventory.Suspended.Contains(id) ? Decisions.Suspended(id) : Decisions.BackOff(_inventory, id, specHash: "", _now);
        if (hold is not null)
            _held.TryAdd(id, hold);
        return hold is not null;
    }
}
