namespace EdgeOperator.Hub.Tests.Agent;

/// <summary>The time, and as much later as a test says, by both clocks.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private TimeSpan _by;

    public void Pass(TimeSpan time) => _by += time;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _by;

    public override long GetTimestamp() => System.GetTimestamp() + (long)(_by.TotalSeconds * TimestampFrequency);
}
