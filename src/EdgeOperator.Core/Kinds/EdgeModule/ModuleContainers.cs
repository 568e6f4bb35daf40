using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Kinds.EdgeModule;

/// <summary>The containers that the agent made for one module, by their part in it.</summary>
/// <param name="Current">The one that is as desired; null when it has to be created.</param>
/// <param name="Others">Earlier ones, those that drifted, and duplicates, which must not run beside it.</param>
/// <param name="Broken">Dead ones and those that the engine is removing: of no use to anybody.</param>
internal sealed record ModuleContainers(
    ObservedContainer? Current, IReadOnlyList<ObservedContainer> Others, IReadOnlyList<ObservedContainer> Broken)
{
    /// <param name="imageId">The image that the desired container must be of; null for any.</param>
    public static ModuleContainers Of(EdgeModuleResource module, IReadOnlyList<ObservedContainer> owned, string? imageId = null)
    {
        // By far the most frequent case, kept free of allocations.
        if (owned is [{ Phase: not (ContainerPhase.Dead or ContainerPhase.Removing) } only] && IsDesired(only, module, imageId))
            return new(only, [], []);

        List<ObservedContainer> sorted = [.. owned];
        sorted.Sort((one, other) => Compare(one, other, module.Container.Name));
        var current = sorted.Find(container => IsDesired(container, module, imageId) && !IsBroken(container));
        return new(current, sorted.FindAll(container => container != current && !IsBroken(container)), sorted.FindAll(IsBroken));
    }

    /// <summary>
    /// The one container that is kept for a roll-back: of the last good spec if there is one, else the likeliest to be
    /// of use. None when the desired spec is the last good one.
    /// </summary>
    public ObservedContainer? Kept(EdgeModuleResource module, Inventory inventory)
    {
        if (inventory.Committed)
            return null;
        var candidates = Others.Where(container => container.SpecHash != module.SpecHash);
        if (!inventory.LastGood.TryGetValue(module.Id, out var good))
            return candidates.FirstOrDefault();
        return good == module.SpecHash ? null : candidates.FirstOrDefault(container => container.SpecHash == good) ?? candidates.FirstOrDefault();
    }

    /// <summary>Whether the container runs or would run again by itself.</summary>
    public static bool IsActive(ObservedContainer container) =>
        container.Phase is ContainerPhase.Running or ContainerPhase.Restarting or ContainerPhase.Paused;

    private static bool IsDesired(ObservedContainer container, EdgeModuleResource module, string? imageId) =>
        container.SpecHash == module.SpecHash && container.ReplacementReason is null && (imageId is null || container.ImageId == imageId);

    private static bool IsBroken(ObservedContainer container) => container.Phase is ContainerPhase.Dead or ContainerPhase.Removing;

    /// <summary>The likeliest to be of use first: what runs, then what has the module's name, then the oldest.</summary>
    private static int Compare(ObservedContainer one, ObservedContainer other, string name)
    {
        var order = Rank(one, name) - Rank(other, name);
        if (order == 0)
            order = one.Created.CompareTo(other.Created);
        return order != 0 ? order : string.CompareOrdinal(one.Id, other.Id);
    }

    private static int Rank(ObservedContainer container, string name) =>
        (container.Phase == ContainerPhase.Running ? 0 : IsActive(container) ? 2 : 4) + (container.Name == name ? 0 : 1);
}
