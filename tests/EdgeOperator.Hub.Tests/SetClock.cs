namespace EdgeOperator.Hub.Tests;

/// <summary>A wall clock that somebody sets, and a monotonic one that nobody can.</summary>
internal sealed class SetClock : TimeProvider
{
    private DateTimeOffset _wall = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private long _monotonic;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Set(TimeSpan by) => _wall += by;

    public void Pass(TimeSpan time) => (_wall, _monotonic) = (_wall + time, _monotonic + time.Ticks);

    public override DateTimeOffset GetUtcNow() => _wall;

    public override long GetTimestamp() => _monotonic;
}
