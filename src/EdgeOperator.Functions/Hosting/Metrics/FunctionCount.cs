namespace EdgeOperator.Functions.Hosting.Metrics;

/// <summary>How one function has fared since the host's start. Safe for use by many threads.</summary>
public sealed class FunctionCount
{
    private readonly Lock _lock = new();

    public long Invocations { get; private set; }

    public long Failures { get; private set; }

    /// <summary>When the latest one ended.</summary>
    public DateTimeOffset? LastInvocation { get; private set; }

    /// <summary>Of the latest one that failed, whatever came after it.</summary>
    public string? LastError { get; private set; }

    internal void Add(DateTimeOffset at, string? error)
    {
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
