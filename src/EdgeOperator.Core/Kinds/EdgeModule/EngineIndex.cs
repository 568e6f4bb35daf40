using EdgeOperator.Core.Kinds.EdgeModule.Compiling;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Kinds.EdgeModule;

/// <summary>An engine's content by what the planner looks it up by.</summary>
internal sealed class EngineIndex
{
    private readonly Dictionary<ResourceId, List<ObservedContainer>> _owned;
    private readonly Dictionary<string, ObservedContainer> _names;
    private readonly Lazy<Dictionary<string, ObservedImage>> _images;
    private readonly Dictionary<string, ObservedImage?> _lookups = new(StringComparer.Ordinal);

    /// <param name="target">Whose engine it is.</param>
    public EngineIndex(string target, ObservedEngine engine)
    {
        Target = target;

        // What a driver saw before the engine failed it is no ground to act on.
        Observed = engine.Unavailable is null ? engine : new() { Unavailable = engine.Unavailable };
        _owned = new(Observed.Containers.Length);
        _names = new(Observed.Containers.Length, StringComparer.Ordinal);
        foreach (var container in Observed.Containers)
        {
            _names[container.Name] = container;
            if (container.Resource is { } owner)
                Add(owner, container);
        }

        _images = new(() =>
        {
            var images = new Dictionary<string, ObservedImage>(StringComparer.Ordinal);
            foreach (var (reference, image) in Observed.Images)
                images[ImageReference.Normalize(reference)] = image;
            return images;
        });
    }

    /// <summary>Whose engine it is: <see cref="EngineTarget"/>.</summary>
    public string Target { get; }

    public ObservedEngine Observed { get; }

    /// <summary>Resources that own containers.</summary>
    public IEnumerable<ResourceId> Owners => _owned.Keys;

    public IReadOnlyList<ObservedContainer> OwnedBy(ResourceId resource) => _owned.TryGetValue(resource, out var owned) ? owned : [];

    public ObservedContainer? Named(string name) => _names.GetValueOrDefault(name);

    /// <summary>The local image that a reference, however it is spelled, stands for.</summary>
    public ObservedImage? Image(string reference)
    {
        if (!_lookups.TryGetValue(reference, out var image))
            _lookups.Add(reference, image = _images.Value.GetValueOrDefault(ImageReference.Normalize(reference)));
        return image;
    }

    /// <param name="id">The engine's own id of an image.</param>
    public bool HasImage(string id) => Observed.Images.ContainsKey(id);

    /// <summary>Whether every network and volume is there that a container needs.</summary>
    public bool HasAll(EdgeModuleSpec spec)
    {
        foreach (var network in spec.Networks)
        {
            if (!Observed.Networks.Contains(network))
                return false;
        }

        foreach (var volume in spec.Volumes)
        {
            if (!Observed.Volumes.Contains(volume))
                return false;
        }

        return true;
    }

    private void Add(ResourceId owner, ObservedContainer container)
    {
        if (_owned.TryGetValue(owner, out var list))
            list.Add(container);
        else
            _owned.Add(owner, new(1) { container });
    }
}
