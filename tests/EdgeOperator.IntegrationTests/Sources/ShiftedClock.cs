namespace EdgeOperator.IntegrationTests.Sources;

/// <summary>The system's clock, but for the date.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    /// <summary>What is added to the system's time.</summary>
    public TimeSpan Shift { get; set; }

    /// <summary>What is added to the time that nobody can set.</summary>
    public TimeSpan Elapsed { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;

    public override long GetTimestamp() => base.GetTimestamp() + (long)(Elapsed.TotalSeconds * TimestampFrequency);
}
