using System.Collections;
using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Definitions;

namespace EdgeOperator.Core.Planning;

/// <summary>The registered kinds, in the order in which they are planned and pruned.</summary>
public sealed class KindSet : IEnumerable<Kind>
{
    private readonly ImmutableArray<Kind> _kinds;
    private readonly Dictionary<string, Kind> _byName;

    private readonly ImmutableArray<KindDefinition> _others;

    /// <exception cref="ArgumentException">Two kinds have the same name.</exception>
    public KindSet(params ImmutableArray<Kind> kinds)
        : this(kinds, [])
    {
    }

    /// <param name="others">Kinds of manifests that are no resources of a device.</param>
    internal KindSet(ImmutableArray<Kind> kinds, ImmutableArray<KindDefinition> others)
    {
        (_kinds, _others) = (kinds, others);
        _byName = kinds.ToDictionary(kind => kind.Name, StringComparer.Ordinal);
        Manifests = new([.. kinds], others);
    }

    /// <summary>The same kinds as the readers of manifests see them.</summary>
    public ManifestKinds Manifests { get; }

    /// <exception cref="KeyNotFoundException">The resource's kind is not registered.</exception>
    public Kind Of(Resource resource) => _byName[resource.Id.Kind];

    public KindSet Add(Kind kind) => new(_kinds.Add(kind), _others);

    public IEnumerator<Kind> GetEnumerator() => _kinds.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
