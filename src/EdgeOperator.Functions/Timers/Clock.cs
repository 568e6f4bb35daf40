namespace EdgeOperator.Functions.Timers;

/// <summary>A time zone's clock on the wall: which offset it shows when, and when that changes.</summary>
internal sealed class Clock(TimeZoneInfo zone)
{
    // Longer than any clock was ever put forward or back for summer, shorter than the time between two such changes.
    private static readonly TimeSpan Recent = TimeSpan.FromHours(3);
    private static readonly TimeSpan Stride = TimeSpan.FromHours(12);

    public TimeZoneInfo Zone => zone;

    /// <summary>The offset in ticks at a time given in ticks of UTC.</summary>
    public long Offset(long at) => zone.GetUtcOffset(new DateTime(at, DateTimeKind.Utc)).Ticks;

    /// <summary>The first time after <paramref name="after"/>, and not after <paramref name="until"/>, that has another offset.</summary>
    public long? NextChange(long after, long until)
    {
        var offset = Offset(after);
        for (var (from, to) = (after, after); from < until; from = to)
        {
            to = Math.Min(from + Stride.Ticks, until);
            if (Offset(to) != offset)
                return FirstWithAnotherOffset(from, to);
        }

        return null;
    }

    /// <summary>The last change that a local time may still be ambiguous or missing for; null for none.</summary>
    public long? LastChange(long at) => at > Recent.Ticks ? NextChange(at - Recent.Ticks, at) : null;

    private long FirstWithAnotherOffset(long with, long without)
    {
        var offset = Offset(with);
        while (without - with > 1)
        {
            var middle = with + ((without - with) / 2);
            if (Offset(middle) == offset)
                with = middle;
            else
                without = middle;
        }

        return without;
    }
}
