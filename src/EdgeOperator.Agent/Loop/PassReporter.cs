using System.Collections.Immutable;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Agent.Reporting;
using EdgeOperator.Agent.Sources;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Core.Artifacts;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.SystemUpdate;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Twins;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Loop;

/// <summary>The only place where a pass becomes status, events, metrics and log lines.</summary>
public sealed partial class PassReporter(
    StatusBoard board, SourceSet sources, Device device, DeviceMemory memory, SourceProgress progress, AgentMetrics metrics, Func<string?> recipient, TimeProvider time, ILogger<PassReporter> logger)
{
    public RequeueAfter Report(Pass pass)
    {
        var now = time.GetUtcNow();
        var before = board.Status;
        var status = Build(pass, before, now);
        RecordReadiness(pass, before, status, now);
        Measure(pass, before);
        if (pass.Verdict is Verdict.Stalled stalled)
            memory.Explain(stalled.Message);
        if (ObservedUpdates.Of(pass.Observed).Reboot is { IsOver: true } reboot)
            memory.Rebooted(reboot);
        memory.Flush();
        board.Known = new(pass.Observed, pass.Ledger, pass.Target.LastGood?.State, memory.Store.BackOff, memory.Clock.GetUtcNow());
        board.Device = new(pass.Target.Everything(PassPlanner.IsFetching(pass.Ledger)), pass.Observed);
        board.Status = status;
        device.PassReported();
        return pass.Requeue(memory.Store.BackOff, memory.Clock.GetUtcNow());
    }

    private DeviceStatus Build(Pass pass, DeviceStatus before, DateTimeOffset now)
    {
        var revision = pass.Target.Rendering?.Revision.Id;
        var known = before.Resources.ToDictionary(r => new ResourceId(r.Kind, r.Name));
        var backOff = memory.Store.BackOff;
        var blocks = pass.Plan.Blocked.ToLookup(h => h.Resource);
        var results = pass.Results.ToLookup(r => r.Step.Resource);
        var resources = pass.Reports.Select(report =>
        {
            var resource = pass.Target.Rendering!.State!.Resources[report.Resource];
            var conditions = ResourceConditions.Of(
                report,
                blocks[report.Resource].FirstOrDefault(),
                backOff.GetValueOrDefault(report.Resource) is { } entry && entry.Failures > 0 && entry.SpecHash == resource.SpecHash ? entry : null,
                [.. results[report.Resource]],
                known.GetValueOrDefault(report.Resource)?.Conditions ?? [],
                revision,
                now);
            return device.Describe(resource, pass.Observed) with { Conditions = conditions, Labels = pass.Target.Rendering!.State!.Manifests.GetValueOrDefault(report.Resource)?.Labels };
        }).ToImmutableArray();

        var statuses = sources.Statuses;
        var newest = sources.Newest;
        var applied = Applied(pass);
        return before with
        {
            LastPassAt = now,
            Recipient = recipient(),
            Sources = progress.Of(statuses, applied, newest, pass.Ledger),
            Desired = newest,
            Applied = applied,
            LastGood = pass.Ledger.LastGood is { } good ? pass.Target.LastGood?.Revision is { } named && named.Id == good ? named : pass.Target.Rendering?.Revision is { } chosen && chosen.Id == good ? chosen : new(good, good) : null,
            HeldAt = pass.Ledger.Pinned?.Revision,
            Suspended = pass.Ledger.Suspended,
            Artifacts = ArtifactsOf(pass, progress.FailedArtifacts(applied, newest, pass.Ledger)),
            Conditions = DeviceConditions.Of(pass, newest, statuses, resources, DeviceProblems.Of(pass, backOff, memory.Error, sources.Lost), before.Conditions, now),
            Resources = resources,
        };
    }

    /// <summary>Until a new revision is fetched, the device is kept equal to the last good one.</summary>
    private static RevisionStatus? Applied(Pass pass) =>
        pass is { Ledger.Attempt.ApplyingSince: null, Ledger.Attempt: not null, Target.LastGood.Revision: { } kept } ? kept : pass.Target.Rendering?.Revision;

    /// <summary>What is desired stands in the twin; a revision that could not be read says nothing of itself.</summary>
    private static ImmutableSortedDictionary<string, ArtifactStatus>? ArtifactsOf(Pass pass, ImmutableArray<(string Name, FailedArtifact Failed)> failed)
    {
        var artifacts = ImmutableSortedDictionary.CreateBuilder<string, ArtifactStatus>(StringComparer.Ordinal);
        var applied = Applied(pass) is { } named && named.Id == pass.Target.LastGood?.Revision.Id ? pass.Target.LastGood : pass.Target.Rendering;
        foreach (var artifact in applied?.Artifacts ?? [])
            artifacts[artifact.Name] = new(RevisionOf(artifact), null);
        foreach (var artifact in pass.Target.LastGood is { } good && good.Revision.Id == pass.Ledger.LastGood ? good.Artifacts : [])
            artifacts[artifact.Name] = new(artifacts.GetValueOrDefault(artifact.Name)?.Applied, RevisionOf(artifact));
        foreach (var (name, failure) in failed)
            artifacts[name] = (artifacts.GetValueOrDefault(name) ?? new(null, null)) with { Failed = failure };
        return artifacts.Count == 0 ? null : artifacts.ToImmutable();
    }

    private static ArtifactRevision RevisionOf(TwinArtifact artifact) => new(artifact.Revision, ArtifactDigest.OfHash(artifact.Hash));

    /// <summary>Events and log lines of steps as soon as they have ended: what follows may be interrupted, as by the reboot that they came before.</summary>
    /// <param name="revision">The revision that the device is to be at; null when there is none.</param>
    public void RecordSteps(ImmutableArray<StepResult> results, string? revision)
    {
        var now = time.GetUtcNow();
        foreach (var result in results.Where(r => r.Step is not (AwaitReady or Milestone)))
        {
            switch (result.Outcome)
            {
                case StepOutcome.Succeeded done:
                    LogStep(result.Step.ToString(), done.Note ?? "done");
                    Record(result.Step, EventLevel.Normal, result.Step.GetType().Name, done.Note is null ? result.Step.ToString() : $"{result.Step} ({done.Note})");
                    break;
                case StepOutcome.Retry failed:
                    LogStepFailed(result.Step.ToString(), failed.Message);
                    Record(result.Step, EventLevel.Warning, failed.Reason, failed.Message);
                    break;
                case StepOutcome.Terminal failed:
                    LogStepFailed(result.Step.ToString(), failed.Message);
                    Record(result.Step, EventLevel.Warning, failed.Reason, failed.Message);
                    break;
            }
        }

        void Record(Step step, EventLevel level, string reason, string message) =>
            memory.Store.Append(new(0, now, level, revision, step.Resource.ToString(), step.Id, reason, message));
    }

    /// <summary>An event for a resource, a source or the device that turned from good to bad or back.</summary>
    private void RecordReadiness(Pass pass, DeviceStatus before, DeviceStatus after, DateTimeOffset now)
    {
        var known = before.Resources.ToDictionary(r => (r.Kind, r.Name), r => r.Conditions.Find(Condition.Ready)?.Status);
        var outputs = pass.Reports.ToDictionary(r => $"{r.Resource}", r => r.Output);
        foreach (var resource in after.Resources)
        {
            if (resource.Conditions.Find(Condition.Ready) is { } ready)
                RecordTransition($"{resource.Kind}/{resource.Name}", known.GetValueOrDefault((resource.Kind, resource.Name)), ready, outputs.GetValueOrDefault($"{resource.Kind}/{resource.Name}"));
        }

        var sourcesBefore = before.Sources.ToDictionary(s => s.Name, s => s.Ready.Status);
        foreach (var source in after.Sources)
            RecordTransition($"source/{source.Name}", sourcesBefore.TryGetValue(source.Name, out var status) ? status : ConditionStatus.True, source.Ready);

        if (after.Conditions.Find(Condition.Degraded) is { } degraded && degraded.Status != (before.Conditions.Find(Condition.Degraded)?.Status ?? ConditionStatus.False))
        {
            var level = degraded.Status == ConditionStatus.True ? EventLevel.Warning : EventLevel.Normal;
            memory.Store.Append(new(0, now, level, pass.Target.Rendering?.Revision.Id, null, null, degraded.Reason, degraded.Status == ConditionStatus.True ? degraded.Message : "the device is not degraded any more"));
        }

        void RecordTransition(string resource, ConditionStatus? was, Condition ready, string? output = null)
        {
            if (ready.Status == was || ready.Status == ConditionStatus.Unknown)
                return;
            var level = ready.Status == ConditionStatus.True ? EventLevel.Normal : EventLevel.Warning;
            memory.Store.Append(new(0, now, level, pass.Target.Rendering?.Revision.Id, resource, null, ready.Status == ConditionStatus.True ? Condition.Ready : ready.Reason, output is null ? ready.Message : $"{ready.Message}; its last lines: {output}"));
        }
    }

    private void Measure(Pass pass, DeviceStatus before)
    {
        var failed = pass.Results.Any(r => r.Outcome is StepOutcome.Retry or StepOutcome.Terminal);
        var outcome = failed ? "failed" : pass.Results.IsEmpty ? "in-sync" : "changed";
        metrics.PassEnded(pass.Duration, outcome);
        PassActivity.Describe(pass, outcome);
        foreach (var result in pass.Results)
            metrics.StepEnded(result.Step, result.Outcome);

        // A change that nobody asked for: the revision was there before, and so was the resource.
        if (pass.Ledger.Attempt is not null || before.Applied?.Id != pass.Target.Rendering?.Revision.Id)
            return;
        foreach (var repaired in pass.Results.GroupBy(r => r.Step.Resource).Where(g => g.Any(r => r.Step is CreateContainer or StartContainer or RestartContainer or WriteFile)))
        {
            metrics.DriftFound(repaired.Key.Kind);
            if (repaired.All(r => r.Outcome is StepOutcome.Succeeded))
                metrics.DriftRepaired(repaired.Key.Kind);
        }
    }

    [LoggerMessage(1201, LogLevel.Information, "{Step} — {Outcome}")]
    private partial void LogStep(string step, string outcome);

    [LoggerMessage(1202, LogLevel.Warning, "{Step} — failed: {Message}")]
    private partial void LogStepFailed(string step, string message);
}
