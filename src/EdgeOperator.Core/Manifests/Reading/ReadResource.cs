namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>A resource that was read, and the selector (as JSON) that chose it.</summary>
internal sealed record ReadResource(Resource Resource, string? Selector)
{
    /// <summary>Where a module names the virtual machine that it is to run in; null when it names none.</summary>
    public Position? Target { get; init; }
}
