namespace EdgeOperator.IntegrationTests.Sources;

/// <summary>The system's clock, but for the date.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    /// <summary>What is added to the system's time.</summary>
    public TimeSpan Shift { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
}
