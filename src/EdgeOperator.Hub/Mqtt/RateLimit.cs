namespace EdgeOperator.Hub.Mqtt;

/// <summary>A token bucket: so many a second on average, twice as many at once. Not for use by several threads.</summary>
internal sealed class RateLimit(int perSecond, TimeProvider time)
{
    private double _tokens = 2 * perSecond;
    private long _at = time.GetTimestamp();

    /// <returns>Zero when it may happen now, and is counted; otherwise how long to wait.</returns>
    public TimeSpan Take()
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(2 * perSecond, _tokens + (time.GetElapsedTime(_at, now).TotalSeconds * perSecond));
        _at = now;
        if (_tokens < 1)
            return TimeSpan.FromSeconds((1 - _tokens) / perSecond);
        _tokens--;
        return TimeSpan.Zero;
    }
}
