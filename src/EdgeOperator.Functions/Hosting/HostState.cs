using EdgeOperator.Functions.Http;
using EdgeOperator.Platform.Timing;

namespace EdgeOperator.Functions.Hosting;

/// <summary>What a host is at one moment. <see cref="HostLoop"/> replaces it as a whole; whoever else needs it reads it once.</summary>
internal sealed record HostState
{
    private static readonly ExponentialDelay Delay = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

    /// <summary>The newest generation whose workers run, whether it serves or is outside its schedule.</summary>
    public Generation? Loaded { get; init; }

    /// <summary>The number of the request (<see cref="DesiredRequest"/>) that is loaded; 0 for none.</summary>
    public long LoadedNumber { get; init; }

    /// <summary>Listens on the app's address; null before there was one.</summary>
    public HttpServer? Server { get; init; }

    public bool IsOutsideSchedule { get; init; }

    /// <summary>When the schedule is next entered or left; null for never.</summary>
    public DateTimeOffset? NextSwitch { get; init; }

    public DateTimeOffset? ServingSince { get; init; }

    /// <summary>Why the request <see cref="FailedNumber"/> can't be served.</summary>
    public string? Failure { get; init; }

    /// <summary>0 for none.</summary>
    public long FailedNumber { get; init; }

    /// <summary>In a row, without a generation that would serve.</summary>
    public int Failures { get; init; }

    /// <summary>The time stamp of the last failure, and how long after it the next attempt follows; null for no further attempt.</summary>
    public (long Since, TimeSpan Wait)? Retry { get; init; }

    /// <summary>Gets requests; null when none does.</summary>
    public Generation? Serving => IsOutsideSchedule ? null : Loaded;

    /// <summary>The request with this number is fulfilled, and failures are forgotten.</summary>
    public HostState Settled(long number) => this with { LoadedNumber = number, Failure = null, FailedNumber = 0, Failures = 0, Retry = null };

    /// <summary>A request can't be fulfilled. It is tried again where nothing serves in its place; otherwise whoever requested it decides.</summary>
    public HostState Failed(long number, string message, long timestamp)
    {
        var failures = Loaded is null ? Failures + 1 : Failures;
        return this with
        {
            Failure = message,
            FailedNumber = number,
            Failures = failures,
            Retry = Loaded is null ? (timestamp, Delay.After(failures)) : null,
        };
    }
}
