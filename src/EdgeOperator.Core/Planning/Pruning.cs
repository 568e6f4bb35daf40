using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning.Apps;
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
    private readonly Situation _situation;
    private readonly Decisions _decisions;
    private readonly Dictionary<ResourceId, Held> _held = [];

    public Pruning(Situation situation, FilePlanner files, Decisions decisions)
    {
        (_situation, _decisions) = (situation, decisions);
        var containers = AbandonedContainers().ToList();
        var apps = AbandonedApps().ToList();
        Stops = [.. containers.Where(ModuleContainers.IsActive).Select(Stop), .. apps.Where(AppPlanner.IsInService).Select(Stop)];
        Removals = [.. situation.Inventory.Committed ? [.. containers.Select(Remove), .. apps.SelectMany(Remove)] : Array.Empty<Step>(), .. decisions.IsFetchable ? Restores(files) : [], .. Networks(), .. Images()];
    }

    /// <summary>Come first, so that what takes over a port finds it free.</summary>
    public ImmutableArray<Step> Stops { get; }

    /// <summary>Come last. A removal requires its stop.</summary>
    public ImmutableArray<Step> Removals { get; }

    public IEnumerable<Held> Held => _held.Values;

    private IEnumerable<ObservedContainer> AbandonedContainers() => _situation.Engine.Owners
        .Where(owner => !_situation.Desired.Resources.ContainsKey(owner) && !_situation.Inventory.Retained.Contains(owner) && !IsHeld(owner))
        .Order()
        .SelectMany(owner => _situation.Engine.OwnedBy(owner).Where(container => !container.PruneDisabled).OrderBy(container => container.Id, StringComparer.Ordinal));

    private static StopContainer Stop(ObservedContainer container) =>
        new(container.Resource!.Value, $"{container.Resource} is no longer desired", container.Id, Timeout: null);

    private static RemoveContainer Remove(ObservedContainer container) =>
        new(container.Resource!.Value, $"{container.Resource} is no longer desired", container.Id)
        {
            Requires = ModuleContainers.IsActive(container) ? [Stop(container).Id] : [],
        };

    private IEnumerable<ObservedApp> AbandonedApps() => _situation.Observed.Apps.Values.Where(app =>
        AppPlanner.IdOf(app) is var id
        && !_situation.Desired.Resources.ContainsKey(id) && !_situation.Inventory.Retained.Contains(id)
        && (AppPlanner.IsInService(app) || !app.Packages.IsEmpty) && !IsHeld(id));

    private static Step Stop(ObservedApp app) => new StopApp(AppPlanner.IdOf(app), $"{AppPlanner.IdOf(app)} is no longer desired");

    private static IEnumerable<Step> Remove(ObservedApp app) => app.Packages.Select(package =>
        new RemoveGeneration(AppPlanner.IdOf(app), $"{AppPlanner.IdOf(app)} is no longer desired", package)
        {
            Requires = AppPlanner.IsInService(app) ? [Stop(app).Id] : [],
        });

    private IEnumerable<Step> Restores(FilePlanner files)
    {
        foreach (var file in files.Abandoned())
        {
            var owner = file.WrittenFor!.Value;
            if (_situation.Desired.Resources.ContainsKey(owner) ? _decisions[owner].Held is not null : IsHeld(owner))
                continue;
            if (file.Refused is { } refusal)
                _held.TryAdd(owner, FilePlanner.PathRefused(owner, file.Path, refusal));
            else
                yield return new RestoreFile(owner, $"{owner} no longer asks for it", file.Path);
        }
    }

    private IEnumerable<Step> Networks()
    {
        var owned = _situation.Engine.Observed.OwnedNetworks;
        if (!_situation.Inventory.Committed || owned.IsEmpty)
            return [];
        var used = _situation.Desired.Modules.SelectMany(module => module.Container.Networks)
            .Concat(_situation.Engine.Observed.Containers.SelectMany(container => container.Networks))
            .ToHashSet(StringComparer.Ordinal);
        return owned.Where(network => !used.Contains(network))
            .Select(network => new RemoveNetwork(new("Network", network), "nothing uses it any more", network))
            .Where(step => !IsHeld(step.Resource));
    }

    private IEnumerable<Step> Images()
    {
        if (!_situation.Inventory.Committed || _situation.Inventory.CollectableImages.IsEmpty)
            return [];
        var used = _situation.Engine.Observed.Containers.Select(container => container.ImageId)
            .Concat(_situation.Desired.Modules.Select(module => _situation.Engine.Image(module.Container.Image)?.Id).OfType<string>())
            .ToHashSet(StringComparer.Ordinal);
        var present = _situation.Engine.Observed.Images.Values.Select(image => image.Id).ToImmutableSortedSet(StringComparer.Ordinal);
        return present.Where(id => _situation.Inventory.CollectableImages.Contains(id) && !used.Contains(id))
            .Select(id => new RemoveImage(new("Image", id), "no kept revision names it", id))
            .Where(step => !IsHeld(step.Resource));
    }

    private bool IsHeld(ResourceId id)
    {
        var hold = _situation.Inventory.Suspended.Contains(id) ? Situation.Suspended(id) : _situation.BackOff(id, specHash: "");
        if (hold is not null)
            _held.TryAdd(id, hold);
        return hold is not null;
    }
}
