namespace EdgeOperator.Agent.Clock;

/// <summary>
/// The time by which durations are measured: it goes evenly whatever happens to the wall clock, over restarts of the agent too. Its
/// times look like the wall clock's and must not be shown: <see cref="ToWall"/> turns them into what people expect.
/// </summary>
public sealed class SteadyClock : TimeProvider
{
    private const string BootFile = "/proc/sys/kernel/random/boot_id";

    private readonly TimeProvider _time;
    private readonly string? _boot;
    private readonly long _started;
    private readonly DateTimeOffset _anchor;

    /// <param name="saved">A reading of an earlier process; null when there was none.</param>
    /// <param name="boot">The kernel's id of this boot; null where there is none, so that nothing is known of the time between processes.</param>
    public SteadyClock(TimeProvider time, ClockReading? saved, string? boot)
    {
        (_time, _boot, _started) = (time, boot, time.GetTimestamp());
        var isSameBoot = saved?.Boot is not null && saved.Boot == boot && Uptime >= saved.Uptime;
        _anchor = isSameBoot ? saved!.Now + (Uptime - saved.Uptime) : time.GetUtcNow();
        Shift = isSameBoot || saved is null ? TimeSpan.Zero : _anchor - saved.Now;
    }

    /// <summary>The kernel's id of this boot; null on systems without one.</summary>
    public static string? ThisBoot => OperatingSystem.IsLinux() ? File.ReadAllText(BootFile).Trim() : null;

    /// <summary>
    /// What must be added to steady times of the saved reading's process, so that as much time has passed since them as had when it was
    /// saved: nobody knows how long the machine was off.
    /// </summary>
    public TimeSpan Shift { get; }

    /// <summary>The wall clock, for what people see.</summary>
    public TimeProvider Wall => _time;

    public override long TimestampFrequency => _time.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => _time.LocalTimeZone;

    private TimeSpan Uptime => TimeSpan.FromSeconds((double)_time.GetTimestamp() / _time.TimestampFrequency);

    /// <summary>A steady time by the wall clock as it is now; the time itself where <paramref name="time"/> is no steady clock.</summary>
    public static DateTimeOffset ToWall(TimeProvider time, DateTimeOffset steady) =>
        time is SteadyClock clock ? clock.Wall.GetUtcNow() + (steady - clock.GetUtcNow()) : steady;

    /// <summary>The wall clock's time, whether <paramref name="time"/> is a steady clock or not.</summary>
    public static DateTimeOffset WallNow(TimeProvider time) => ToWall(time, time.GetUtcNow());

    /// <summary>The steady time.</summary>
    public override DateTimeOffset GetUtcNow() => _anchor + _time.GetElapsedTime(_started);

    public override long GetTimestamp() => _time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => _time.CreateTimer(callback, state, dueTime, period);

    public ClockReading Read() => new(_boot, Uptime, GetUtcNow());
}
