using System.Collections.Immutable;

namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>A resource that was read, and the selector that chose it; null when it is for every device.</summary>
internal sealed record ReadResource(Resource Resource, DeviceSelector? Selector)
{
    /// <summary>Other resources that must exist for this one, in addition to those in <c>dependsOn</c>.</summary>
    public ImmutableArray<ResourceReference> References { get; init; } = [];

    /// <summary>The entries of <c>dependsOn</c> whose text holds no variable, and where they stand.</summary>
    public ImmutableArray<(ResourceId Target, Position Where)> DependsOn { get; init; } = [];

    /// <summary>What of the device the resource claims for itself alone.</summary>
    public ImmutableArray<Claim> Claims { get; init; } = [];

    /// <summary>As it is shown.</summary>
    public required RenderedManifest Manifest { get; init; }

    /// <summary>The devices that may have both; null when none can.</summary>
    public DeviceClass? Intersect(ReadResource other) => DeviceClass.All.And(Selector)?.And(other.Selector);
}
