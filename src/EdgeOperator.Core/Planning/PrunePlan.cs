namespace EdgeOperator.Core.Planning;

/// <summary>
/// What one kind has on the device that nothing desires any more. Parts are enumerated only when their time has come, and may note
/// in the <see cref="PruneContext"/> what is blocked.
/// </summary>
internal sealed record PrunePlan
{
    public static PrunePlan Nothing { get; } = new();

    /// <summary>Steps that come first, so that what takes over a port finds it free.</summary>
    public IEnumerable<Step> Stops { get; init; } = [];

    /// <summary>Steps that remove for good, and so come only once the revision is committed. Each requires its stop.</summary>
    public IEnumerable<Step> Removals { get; init; } = [];

    /// <summary>Steps that put back what was there before; nothing can be lost by them.</summary>
    public IEnumerable<Step> Restores { get; init; } = [];

    /// <summary>Garbage collection: what is not a resource and nothing uses any more, such as images and networks.</summary>
    public IEnumerable<Step> Garbage { get; init; } = [];
}
