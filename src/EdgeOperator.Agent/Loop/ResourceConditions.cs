using System.Collections.Immutable;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Loop;

/// <summary>A resource's three conditions, from what the pass found. Pure.</summary>
/// <remarks>A failure is shown until it is over, not only in the pass that it happened in.</remarks>
public static class ResourceConditions
{
    // Attempts after which waiting is no longer the likely cure.
    private const int StalledAfter = 5;

    /// <param name="backOff">The last failure of the resource as it is desired now; null when there is none.</param>
    public static ImmutableArray<Condition> Of(
        ReadinessReport report,
        BlockedResource? block,
        BackOff? backOff,
        ImmutableArray<StepResult> results,
        ImmutableArray<Condition> before,
        string? revision,
        DateTimeOffset now)
    {
        var known = backOff is null || backOff.Cause == BackOffCause.Restarted ? null : ((string, string)?)(backOff.Reason, FaultAdvice.Complete(backOff));
        var failed = results.Select(r => Failure(r.Outcome)).FirstOrDefault(f => f is not null) ?? known;
        var pending = results.Select(r => r.Outcome).OfType<StepOutcome.Pending>().FirstOrDefault();
        var (readyReason, readyMessage) = report.Level == ReadinessLevel.Ready ? (report.Reason, report.Message)
            : report.Level == ReadinessLevel.Suspended ? (report.Reason, report.Message)
            : failed ?? (block is { IsProblem: true } ? (block.Word, block.Message) : (report.Reason, report.Explanation));

        var stalled = block is { IsProblem: true } ? (block.Word, block.Message)
            : results.Any(r => r.Outcome is StepOutcome.Terminal) ? failed
            : report.Level is not (ReadinessLevel.Ready or ReadinessLevel.Suspended) && backOff is { } b && (b.Terminal || b.Failures >= StalledAfter)
                ? failed is null || b.Cause == BackOffCause.Restarted ? (b.Reason, $"{report.Explanation} ({b.Failures} restarts)") : failed
            : ((string Reason, string Message)?)null;

        // What had to be repaired before, and is missing or down again, waits for its next attempt: that is a failure, and no progress.
        var isDown = report.Level == ReadinessLevel.Progressing && backOff is { Cause: BackOffCause.Restarted } && block?.Reason == BlockedReason.BackOff;
        if (isDown && failed is null)
            readyMessage = $"{report.Explanation} (restored {Times(backOff!.Failures)} lately)";

        var reconciling = stalled is not null || report.Level is ReadinessLevel.Ready or ReadinessLevel.Suspended ? null
            : pending is not null ? ("Progressing", pending.Message)
            : block is { IsProblem: false } ? (block.Word, block.Message)
            : ((string Reason, string Message)?)("Progressing", readyMessage);

        return
        [
            before.Next(Condition.Ready, Status(report.Level, failed is not null || isDown), readyReason, readyMessage, now, revision),
            Flag(Condition.Reconciling, reconciling),
            Flag(Condition.Stalled, stalled),
        ];

        Condition Flag(string type, (string Reason, string Message)? why) => why is { } given
            ? before.Next(type, ConditionStatus.True, given.Reason, given.Message, now, revision)
            : before.Next(type, ConditionStatus.False, $"Not{type}", "", now, revision);
    }

    private static string Times(int count) => count == 1 ? "once" : $"{count} times";

    private static ConditionStatus Status(ReadinessLevel level, bool hasFailed) => level switch
    {
        ReadinessLevel.Progressing when hasFailed => ConditionStatus.False,
        ReadinessLevel.Ready => ConditionStatus.True,
        ReadinessLevel.Failed or ReadinessLevel.Waiting => ConditionStatus.False,
        _ => ConditionStatus.Unknown,
    };

    private static (string Reason, string Message)? Failure(StepOutcome outcome) => outcome switch
    {
        StepOutcome.Terminal o => (o.Reason, o.Message),
        StepOutcome.Retry o => (o.Reason, o.Message),
        _ => null,
    };
}
