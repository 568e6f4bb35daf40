using EdgeOperator.Agent.Storage;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Core.Kinds.SystemUpdate.Reboots;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Reporting;

/// <summary>Writes the history of revisions and its events, from the changes of the ledger alone.</summary>
public sealed partial class RunHistory(StateStore store, RevisionStore revisions, AgentMetrics metrics, TimeProvider time, ILogger<RunHistory> logger)
{
    /// <summary>Rows in which the last run and the last reboot are looked for.</summary>
    private const int Recent = 100;

    // The run that an earlier process left open goes on.
    private long? _run = store.History(Recent).FirstOrDefault(run => !run.IsReboot) is { Outcome: RevisionOutcome.InProgress } open ? open.Id : null;
    private DateTimeOffset? _lastReboot = store.History(Recent).FirstOrDefault(run => run.IsReboot)?.StartedAt;

    public void Follow(RevisionLedger before, RevisionLedger after)
    {
        var failure = after.Failed is [var newest, ..] && !before.Failed.Contains(newest) ? newest : null;
        if (before.Attempt is { } ended && after.Attempt?.Revision != ended.Revision)
            End(ended.Revision, after.LastGood == ended.Revision, failure);
        if (failure is not null && failure.Revision != before.Attempt?.Revision)
            Refuse(failure);
        if (after.Attempt is { } begun && before.Attempt?.Revision != begun.Revision)
            Begin(begun.Revision, after.Pinned is { } hold && hold.Revision == begun.Revision ? hold.User : null);
    }

    /// <summary>Notes that the ledger had to be rebuilt.</summary>
    public void LedgerDamaged(string damage) => store.Append(new(0, time.GetUtcNow(), EventLevel.Warning, null, null, null, "LedgerDamaged", damage));

    /// <summary>Notes what keeps the revision under way from its goal, while it goes on.</summary>
    public void Explain(string reason)
    {
        if (_run is { } run)
            store.ExplainRevision(run, reason);
    }

    /// <summary>Notes a reboot that is over, however often it is seen.</summary>
    public void Rebooted(DeviceReboot reboot)
    {
        if (_lastReboot == reboot.At)
            return;
        _lastReboot = reboot.At;
        store.Add(new(
            0, reboot.Revision, DisplayOf(reboot.Revision), reboot.At, reboot.EndedAt,
            reboot.Phase == RebootPhase.Good ? RevisionOutcome.Rebooted : RevisionOutcome.RebootFailed,
            reboot.Failure is { } failure ? $"{reboot.Because}: {failure}" : reboot.Because));
    }

    private void Begin(string revision, string? user)
    {
        var display = DisplayOf(revision);
        _run = store.BeginRevision(revision, display, user);
        LogBegun(display);
        Record(EventLevel.Normal, revision, "RevisionStarted", $"moving to {display}");
    }

    private void End(string revision, bool succeeded, FailedRevision? failure)
    {
        var display = DisplayOf(revision);
        if (succeeded)
        {
            Close(RevisionOutcome.Succeeded, null);
            LogCommitted(display);
            Record(EventLevel.Normal, revision, "RevisionCommitted", $"{display} is healthy and is the last good revision now");
        }
        else if (failure?.Revision == revision)
        {
            Close(RevisionOutcome.RolledBack, failure.Message);
            metrics.RolledBack();
            LogRolledBack(display, failure.Message);
            Record(EventLevel.Warning, revision, "RolledBack", $"{display} failed and is not tried again until the source moves: {failure.Message}");
        }
        else
        {
            Close(RevisionOutcome.Superseded, null);
            Record(EventLevel.Normal, revision, "RevisionSuperseded", $"{display} was left before it had proved itself");
        }
    }

    private void Refuse(FailedRevision failure)
    {
        var display = DisplayOf(failure.Revision);
        store.EndRevision(store.BeginRevision(failure.Revision, display), RevisionOutcome.Invalid, failure.Message);
        LogRefused(display, failure.Message);
        Record(EventLevel.Warning, failure.Revision, failure.Reason, $"{display} is refused, nothing was changed: {failure.Message}");
    }

    private void Close(RevisionOutcome outcome, string? reason)
    {
        if (_run is { } run)
            store.EndRevision(run, outcome, reason);
        _run = null;
    }

    private void Record(EventLevel level, string revision, string reason, string message) =>
        store.Append(new(0, time.GetUtcNow(), level, revision, null, null, reason, message));

    private string DisplayOf(string revision) => revisions.List().FirstOrDefault(r => r.Id == revision)?.Display ?? revision;

    [LoggerMessage(1101, LogLevel.Information, "Moving to {Revision}")]
    private partial void LogBegun(string revision);

    [LoggerMessage(1102, LogLevel.Information, "{Revision} is healthy and is the last good revision now")]
    private partial void LogCommitted(string revision);

    [LoggerMessage(1103, LogLevel.Warning, "Rolling back {Revision}: {Reason}")]
    private partial void LogRolledBack(string revision, string reason);

    [LoggerMessage(1104, LogLevel.Warning, "{Revision} is refused, nothing was changed: {Reason}")]
    private partial void LogRefused(string revision, string reason);
}
