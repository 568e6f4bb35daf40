using System.Collections.Immutable;

namespace EdgeOperator.Core.Versions;

/// <summary>One alternative of a range.</summary>
/// <param name="Bounds">All of which a version must keep to.</param>
/// <param name="HasPrereleases">Whether one of them was written with a pre-release, which lets all pre-releases within the bounds in.</param>
internal sealed record VersionSet(ImmutableArray<VersionBound> Bounds, bool HasPrereleases)
{
    public bool Contains(SemanticVersion version) =>
        (HasPrereleases || !version.IsPrerelease) && Bounds.All(bound => bound.Admits(version));
}
