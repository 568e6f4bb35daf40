using EdgeOperator.Core.Kinds.EdgeModule.Compiling;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Kinds.EdgeModule;

/// <summary>Whether the image of a container that has to be created must be fetched first.</summary>
internal static class ImagePull
{
    /// <summary>Null when nothing must be fetched.</summary>
    public static PullImage? For(EdgeModuleResource module, EngineIndex engine, Inventory inventory)
    {
        var spec = module.Container;
        if (spec.PullPolicy == ImagePullPolicy.Never || PinnedId(module, engine, inventory) is not null)
            return null;
        if (Pinned(module, engine, inventory)?.Reference is { } reference)
            return new(module.Id, $"the image that the revision ran is not {EngineTarget.Place(engine.Target)} any more", reference, Optional: false);
        if (engine.Image(spec.Image) is null)
            return new(module.Id, $"the image is not {EngineTarget.Place(engine.Target)}", spec.Image, Optional: false);
        if (inventory.Fetched.Contains(PullImage.KeyOf(spec.Image, engine.Target)))
            return null;

        // Healing within a committed revision must work offline, and must not bring a newer image under the same tag.
        var mayHaveMoved = spec.PullPolicy == ImagePullPolicy.OnCreate && !inventory.Committed && IsMutable(spec.Image);
        return mayHaveMoved ? new(module.Id, "the tag may name a newer image by now", spec.Image, Optional: true) : null;
    }

    public static bool IsMissing(EdgeModuleResource module, EngineIndex engine, Inventory inventory) =>
        module.Container.PullPolicy == ImagePullPolicy.Never && engine.Image(module.Container.Image) is null && PinnedId(module, engine, inventory) is null;

    /// <summary>
    /// The image, by its id, that the desired revision ran when it was good; null when it never was, or when the image is gone and its
    /// registry knows it no more: then its tag has to serve.
    /// </summary>
    public static string? PinnedId(EdgeModuleResource module, EngineIndex engine, Inventory inventory) =>
        Pinned(module, engine, inventory) is not { } pinned ? null
        : engine.HasImage(pinned.Id) ? pinned.Id
        : pinned.Reference is { } reference ? engine.Image(reference)?.Id
        : null;

    /// <summary>
    /// The image, by its id, that a container of the module has to be created from; null when the manifest's own reference names it,
    /// which people recognize in the engine's lists.
    /// </summary>
    public static string? IdToCreateFrom(EdgeModuleResource module, EngineIndex engine, Inventory inventory) =>
        PinnedId(module, engine, inventory) is { } id && engine.Image(module.Container.Image)?.Id != id ? id : null;

    private static PinnedImage? Pinned(EdgeModuleResource module, EngineIndex engine, Inventory inventory) =>
        inventory.PinnedImages.TryGetValue(module.Id, out var pinned) && pinned.Target == engine.Target ? pinned : null;

    private static bool IsMutable(string image) => !ImageReference.TryParse(image, out var reference, out _) || reference.IsMutable;
}
