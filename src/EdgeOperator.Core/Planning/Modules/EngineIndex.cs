using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Modules;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning.Modules;

/// <summary>An engine's content by what the planner looks it up by.</summary>
internal sealed class EngineIndex
{
    private readonly Dictionary<ResourceId, List<ObservedContainer>> _owned = [];
    private readonly Dictionary<string, ObservedContainer> _names;
    private readonly Lazy<Dictionary<string, ObservedImage>> _images;

    public EngineIndex(ObservedEngine engine)
    {
        // What a driver saw before the engine failed it is no ground to act on.
        Engine = engine.Unavailable is null ? engine : new() { Unavailable = engine.Unavailable };
        _names = new(Engine.Containers.Length, StringComparer.Ordinal);
        foreach (var container in Engine.Containers)
        {
            _names[container.Name] = container;
            if (container.Resource is { } owner)
                Add(owner, container);
        }

        _images = new(() =>
        {
            var images = new Dictionary<string, ObservedImage>(StringComparer.Ordinal);
            foreach (var (reference, image) in Engine.Images)
                images[ImageReference.Normalize(reference)] = image;
            return images;
        });
    }

    public ObservedEngine Engine { get; }

    /// <summary>Resources that own containers.</summary>
    public IEnumerable<ResourceId> Owners => _owned.Keys;

    public IReadOnlyList<ObservedContainer> OwnedBy(ResourceId resource) => _owned.TryGetValue(resource, out var owned) ? owned : [];

    public ObservedContainer? Named(string name) => _names.GetValueOrDefault(name);

    public ObservedImage? Image(string reference) => _images.Value.GetValueOrDefault(ImageReference.Normalize(reference));

    private void Add(ResourceId owner, ObservedContainer container)
    {
        if (_owned.TryGetValue(owner, out var list))
            list.Add(container);
        else
            _owned.Add(owner, [container]);
    }
}
