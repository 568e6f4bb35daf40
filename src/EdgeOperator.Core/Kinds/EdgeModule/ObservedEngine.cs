using System.Collections.Immutable;

namespace EdgeOperator.Core.Kinds.EdgeModule;

/// <summary>A container engine's content.</summary>
public sealed record ObservedEngine
{
    /// <summary>Why the engine could not be read; null when it could.</summary>
    public string? Unavailable { get; init; }

    /// <summary>Every container, the agent's own and others (whose names matter).</summary>
    public ImmutableArray<ObservedContainer> Containers { get; init; } = [];

    /// <summary>Every local image by each of its references: repository:tag and repository@digest, as the engine prints them, and its id; without names under which it may not run.</summary>
    public ImmutableSortedDictionary<string, ObservedImage> Images { get; init; } =
        ImmutableSortedDictionary<string, ObservedImage>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>Ids of images that the agent itself has pulled, and so may remove.</summary>
    public ImmutableHashSet<string> PulledImages { get; init; } = [];

    public ImmutableSortedSet<string> Networks { get; init; } = ImmutableSortedSet<string>.Empty.WithComparer(StringComparer.Ordinal);

    /// <summary>Networks that carry the agent's ownership label.</summary>
    public ImmutableSortedSet<string> OwnedNetworks { get; init; } = ImmutableSortedSet<string>.Empty.WithComparer(StringComparer.Ordinal);

    public ImmutableSortedSet<string> Volumes { get; init; } = ImmutableSortedSet<string>.Empty.WithComparer(StringComparer.Ordinal);
}

public sealed record ObservedImage(string Id, ImmutableArray<string> Digests)
{
    /// <summary>Bytes on the engine's disk; 0 where that is not known.</summary>
    public long Size { get; init; }
}
