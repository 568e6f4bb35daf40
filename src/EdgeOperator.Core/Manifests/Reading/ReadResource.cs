namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>A resource that was read, and the selector (as JSON) that chose it.</summary>
internal sealed record ReadResource(Resource Resource, string? Selector);
