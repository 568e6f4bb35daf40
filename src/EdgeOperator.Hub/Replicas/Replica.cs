namespace EdgeOperator.Hub.Replicas;

/// <summary>This process among those that share a store.</summary>
/// <param name="Id">Another one with each start.</param>
internal sealed record Replica(string Id)
{
    /// <summary>Of an id.</summary>
    public const int IdLength = 32;

    public static Replica New() => new(Guid.NewGuid().ToString("N"));
}
