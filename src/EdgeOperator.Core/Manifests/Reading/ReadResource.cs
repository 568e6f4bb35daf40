using System.Collections.Immutable;

namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>A resource that was read, and the selector (as JSON) that chose it.</summary>
internal sealed record ReadResource(Resource Resource, string? Selector)
{
    /// <summary>Other resources that must exist for this one, besides those in <c>dependsOn</c>.</summary>
    public ImmutableArray<ResourceReference> References { get; init; } = [];
}
