using System.Collections.Immutable;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Loop;

/// <summary>All that one pass saw, did and found, for those who report it.</summary>
public sealed record Pass(
    ReconcileTarget Target,
    RevisionLedger Ledger,
    ObservedState Observed,
    Plan Plan,
    ImmutableArray<StepResult> Results,
    ImmutableArray<ReadinessReport> Reports,
    Verdict Verdict,
    TimeSpan Duration)
{
    /// <summary>When to look again though nothing woke the loop; null leaves it to the interval.</summary>
    public RequeueAfter Requeue(ImmutableDictionary<ResourceId, BackOff> backOff, DateTimeOffset now)
    {
        if (Verdict is Verdict.Commit or Verdict.RollBack || Results.Any(r => r is { Step: Fetch, Outcome: StepOutcome.Succeeded }))
            return new(now);

        var times = Plan.Blocked.Select(h => h.Until)
            .Concat(Reports.Select(r => r.Until))
            .Concat(Plan.Fetches.Select(f => f.NotBefore))
            .Concat(backOff.Values.Where(b => b.Failures > 0).Select(b => (DateTimeOffset?)b.NotBefore))
            .Append((Verdict as Verdict.Wait)?.Until)
            .Append(Results.Any(r => r.Outcome is StepOutcome.Pending) ? now + PendingGuard : null);

        // What fell due while the pass ran is due at once; what was over when it began has had its pass.
        return new(times.Where(t => t > now - Duration).Min());
    }

    // Drivers wake the loop when what is pending ends; this is for the wake-up that got lost.
    private static readonly TimeSpan PendingGuard = TimeSpan.FromSeconds(5);
}
