using System.Collections;
using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Planning;

/// <summary>The registered kinds, in the order in which they are planned and pruned.</summary>
public sealed class KindSet : IEnumerable<Kind>
{
    private readonly ImmutableArray<Kind> _kinds;
    private readonly Dictionary<string, Kind> _byName;

    /// <exception cref="ArgumentException">Two kinds have the same name.</exception>
    public KindSet(params ImmutableArray<Kind> kinds)
    {
        _kinds = kinds;
        _byName = kinds.ToDictionary(kind => kind.Name, StringComparer.Ordinal);
        Manifests = new([.. kinds]);
    }

    /// <summary>The same kinds as the readers of manifests see them.</summary>
    public ManifestKinds Manifests { get; }

    /// <exception cref="KeyNotFoundException">The resource's kind is not registered.</exception>
    public Kind Of(Resource resource) => _byName[resource.Id.Kind];

    public KindSet Add(Kind kind) => new(_kinds.Add(kind));

    public IEnumerator<Kind> GetEnumerator() => _kinds.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
