using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.EdgeModule.Compiling;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning;

/// <summary>Which images the modules of a state run: a tag may name another one tomorrow.</summary>
public static class RunningImages
{
    public static ImmutableArray<PinnedImage> Of(DesiredState desired, ObservedState observed)
    {
        var engines = new Engines(desired, observed);
        return [.. desired.Modules.Select(module => Of(module, engines.Of(module))).OfType<PinnedImage>()];
    }

    private static PinnedImage? Of(EdgeModuleResource module, EngineIndex engine) =>
        ModuleContainers.Of(module, engine.OwnedBy(module.Id)).Current is { ImageId: { Length: > 0 } id }
            ? new(module.Id, engine.Target, id, ReferenceOf(module.Container.Image, id, engine.Observed))
            : null;

    /// <summary>The digest that the image's own repository knows it by.</summary>
    private static string? ReferenceOf(string image, string id, ObservedEngine engine)
    {
        if (!ImageReference.TryParse(image, out var asked, out _))
            return null;
        foreach (var (reference, found) in engine.Images)
        {
            if (found.Id == id && ImageReference.TryParse(reference, out var known, out _)
                && known is { Digest: { } digest } && known.Registry == asked.Registry && known.Repository == asked.Repository)
                return $"{known.Registry}/{known.Repository}@{digest}";
        }

        return null;
    }
}
