using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Modules;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning.Modules;

/// <summary>Whether the image of a container that has to be created must be fetched first.</summary>
internal static class ImagePull
{
    /// <summary>Null when nothing is to be fetched.</summary>
    public static PullImage? For(ModuleResource module, EngineIndex engine, Inventory inventory)
    {
        var spec = module.Container;
        if (spec.PullPolicy == ImagePullPolicy.Never)
            return null;
        if (engine.Image(spec.Image) is null)
            return new(module.Id, $"the image is not {EngineTarget.Place(engine.Target)}", spec.Image, Optional: false);
        if (inventory.Fetched.Contains(PullImage.KeyOf(spec.Image, engine.Target)))
            return null;

        // Healing within a committed revision must work offline, and must not bring a newer image under the same tag.
        var mayHaveMoved = spec.PullPolicy == ImagePullPolicy.OnCreate && !inventory.Committed && IsMutable(spec.Image);
        return mayHaveMoved ? new(module.Id, "the tag may name a newer image by now", spec.Image, Optional: true) : null;
    }

    public static bool IsMissing(ModuleResource module, EngineIndex engine) =>
        module.Container.PullPolicy == ImagePullPolicy.Never && engine.Image(module.Container.Image) is null;

    private static bool IsMutable(string image) => !ImageReference.TryParse(image, out var reference, out _) || reference.IsMutable;
}
