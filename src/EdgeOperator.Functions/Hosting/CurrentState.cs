namespace EdgeOperator.Functions.Hosting;

/// <summary>The host's state for all of its threads: the loop alone replaces it, in one assignment.</summary>
internal sealed class CurrentState(TimeProvider time)
{
    private volatile HostState _value = new();

    public HostState Value
    {
        get => _value;
        set => _value = value;
    }

    /// <summary>The generation that serves; <see cref="Generation.Release"/> must follow. Null when none does at the moment.</summary>
    public Generation? Acquire()
    {
        while (_value.Serving is { } generation)
        {
            if (generation.TryAcquire())
                return generation;

            // It is being drained. Either another one has taken over since it was read, or the host is stopping.
            if (ReferenceEquals(generation, _value.Serving))
                return null;
        }

        return null;
    }

    /// <summary>Seconds until it is worth asking again.</summary>
    public int RetryAfter() =>
        _value is { IsOutsideSchedule: true, NextSwitch: { } next } ? (int)Math.Clamp((next - time.GetUtcNow()).TotalSeconds + 1, 1, 86400) : 5;
}
