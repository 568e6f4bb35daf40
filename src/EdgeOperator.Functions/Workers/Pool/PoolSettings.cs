namespace EdgeOperator.Functions.Workers.Pool;

/// <summary>How many workers an app has, and what is expected of them.</summary>
public sealed record PoolSettings
{
    /// <summary>From 1.</summary>
    public int Instances { get; init; } = 1;

    /// <summary>One more, loaded and idle, that takes the place of one that is lost.</summary>
    public bool Standby { get; init; }

    /// <summary>Bytes; a worker that takes more, children included, is replaced. Null for no limit.</summary>
    public long? MemoryLimit { get; init; }

    public TimeSpan MemoryInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a call waits for a worker when none is ready.</summary>
    public TimeSpan WaitTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a worker that is replaced may finish what it does.</summary>
    public TimeSpan DrainLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Between the request to end and the kill.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(5);
}
