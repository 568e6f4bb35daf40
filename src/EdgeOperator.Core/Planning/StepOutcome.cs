using EdgeOperator.Core.State;

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
    /// <param name="Done">Bytes transferred so far, where it is a transfer and something is known.</param>
    public sealed record Pending(string Message, long? Done = null) : StepOutcome;

    /// <summary>Failed in a way that may pass; tried again with back-off, not before <paramref name="After"/> when given.</summary>
    public sealed record Retry(string Reason, string Message, TimeSpan? After = null) : StepOutcome
    {
        public Fault Fault { get; init; }

        /// <summary>It is tried again, but waiting alone is not expected to help: somebody must act.</summary>
        public bool IsStalled { get; init; }
    }

    /// <summary>Failed, and trying the same again can't help.</summary>
    public sealed record Terminal(string Reason, string Message) : StepOutcome
    {
        public Fault Fault { get; init; }
    }

    /// <summary>Not run, because a step that it requires did not succeed.</summary>
    public sealed record Skipped(string BecauseOf) : StepOutcome;
}
