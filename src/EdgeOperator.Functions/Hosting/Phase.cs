namespace EdgeOperator.Functions.Hosting;

/// <summary>What a host's reports tell of its state; replaced as a whole, by its loop alone.</summary>
internal sealed record Phase
{
    public bool IsOutsideSchedule { get; init; }

    public DateTimeOffset? NextSwitch { get; init; }

    public DateTimeOffset? ServingSince { get; init; }

    public string? Failure { get; init; }

    /// <summary>The wish that failed.</summary>
    public long FailedNumber { get; init; }
}
