namespace EdgeOperator.Functions.Hosting;

public sealed record HostOptions
{
    /// <summary>How long requests, listeners and workers have to end by themselves.</summary>
    public TimeSpan DrainLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Keys are not asked for, as when an app is being developed.</summary>
    public bool AreOpen { get; init; }
}
