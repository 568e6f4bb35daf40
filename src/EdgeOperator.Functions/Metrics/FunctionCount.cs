namespace EdgeOperator.Functions.Metrics;

/// <summary>How one function has fared since the host's start. Safe for use by many threads.</summary>
public sealed class FunctionCount
{
    private readonly Lock _lock = new();
    private long _inFlight;

    /// <summary>Invocations that have begun and not ended.</summary>
    public long InFlight => Math.Max(0, Interlocked.Read(ref _inFlight));

    public long Invocations { get; private set; }

    public long Failures { get; private set; }

    /// <summary>When the latest one ended.</summary>
    public DateTimeOffset? LastInvocation { get; private set; }

    /// <summary>Of the latest one that failed, whatever came after it.</summary>
    public string? LastError { get; private set; }

    internal void Begin() => Interlocked.Increment(ref _inFlight);

    internal void End(DateTimeOffset at, string? error)
    {
        Interlocked.Decrement(ref _inFlight);
        lock (_lock)
        {
            Invocations++;
            LastInvocation = at;
            if (error is null)
                return;

            Failures++;
            LastError = error;
        }
    }
}
