namespace EdgeOperator.Agent.Tests.Clock;

/// <summary>A machine's clocks by hand: the monotonic one goes forward only, the wall clock anywhere.</summary>
internal sealed class ManualTime : TimeProvider
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private DateTimeOffset _wall = Noon;
    private TimeSpan _uptime = TimeSpan.FromHours(3);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _wall;

    public override long GetTimestamp() => _uptime.Ticks;

    public void Pass(TimeSpan time)
    {
        _wall += time;
        _uptime += time;
    }

    /// <summary>Somebody, or NTP, sets the wall clock.</summary>
    public void Step(TimeSpan by) => _wall += by;

    /// <summary>The machine is off for a while; the monotonic clock starts at zero.</summary>
    public void Reboot(TimeSpan off)
    {
        _wall += off;
        _uptime = TimeSpan.Zero;
    }
}
