namespace EdgeOperator.Platform.Timing;

/// <summary>How long to wait after failures in a row: twice as long each time, up to a limit.</summary>
/// <param name="First">After the first failure; positive.</param>
/// <param name="Longest">At most.</param>
public readonly record struct ExponentialDelay(TimeSpan First, TimeSpan Longest)
{
    /// <param name="failures">In a row; before the first one there is no delay.</param>
    public TimeSpan After(int failures)
    {
        if (failures < 1)
            return TimeSpan.Zero;
        var ticks = First.Ticks * Math.Pow(2, failures - 1);
        return ticks < Longest.Ticks ? TimeSpan.FromTicks((long)ticks) : Longest;
    }
}
