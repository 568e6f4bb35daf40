namespace EdgeOperator.Core.Planning;

/// <summary>How a step ended. The hierarchy is closed; only the loop turns an outcome into a delay.</summary>
public abstract record StepOutcome
{
    private StepOutcome()
    {
    }

    /// <summary>Done. <paramref name="Note"/> is worth an event: a digest, a fallback that was taken.</summary>
    public sealed record Succeeded(string? Note = null) : StepOutcome;

    /// <summary>Under way: the driver wakes the loop when it is over. Not a failure.</summary>
    public sealed record Pending(string Message) : StepOutcome;

    /// <summary>Failed in a way that may pass; tried again with back-off, not before <paramref name="After"/> when given.</summary>
    public sealed record Retry(string Reason, string Message, TimeSpan? After = null) : StepOutcome;

    /// <summary>Failed, and trying the same again can't help.</summary>
    public sealed record Terminal(string Reason, string Message) : StepOutcome;

    /// <summary>Not run, because a step that it requires did not succeed.</summary>
    public sealed record Skipped(string BecauseOf) : StepOutcome;
}
