using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning;

/// <summary>What the health gate says about the attempt under way. The hierarchy is closed.</summary>
public abstract record Verdict
{
    private Verdict()
    {
    }

    /// <summary>Too early to say.</summary>
    /// <param name="Until">When to judge again unless something happens before; null when no attempt is being applied.</param>
    public sealed record Wait(DateTimeOffset? Until) : Verdict;

    /// <summary>The revision is good; what it replaced may go.</summary>
    public sealed record Commit : Verdict;

    /// <summary>The revision failed; the device goes back to the last good one.</summary>
    public sealed record RollBack(string Reason, string Message) : Verdict;

    /// <summary>The revision failed and there is none to go back to, so it is kept and tried on.</summary>
    public sealed record Stalled(string Reason, string Message) : Verdict;
}

/// <summary>A verdict, and the ledger that follows from it: store it before acting on the verdict.</summary>
public sealed record GateDecision(RevisionLedger Ledger, Verdict Verdict);

/// <summary>Which revision to keep the device at.</summary>
/// <param name="Ledger">The ledger, without a hold that is over; store it when it changed.</param>
/// <param name="Revision">Null when nothing was ever fetched.</param>
/// <param name="Reason">One CamelCase word: <c>Newest</c>, <c>Held</c>, <c>NewestFailed</c>, <c>SourceUnknown</c>, <c>NothingFetched</c>, <c>NothingDesired</c>.</param>
public sealed record ResolvedRevision(RevisionLedger Ledger, string? Revision, string Reason, string Message);
