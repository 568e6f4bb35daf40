namespace EdgeOperator.Core.Planning;

/// <summary>Time that a host with too much to do has withheld from something that it was to start: it is not that thing's own.</summary>
/// <param name="Since">When it was started, by the steady clock.</param>
/// <param name="Time">About how long it has waited for a processor since then.</param>
public sealed record HostDelay(DateTimeOffset Since, TimeSpan Time)
{
    /// <summary>What of any time is a thing's own at the least: on the busiest host it gets ten times its time, and no more.</summary>
    private const double OwnShare = 0.1;

    /// <summary>What is not counted of the time since the start.</summary>
    public TimeSpan Counting(DateTimeOffset now) => (1 - OwnShare) * (now - Since) is var most && most < Time ? most : Time;
}
