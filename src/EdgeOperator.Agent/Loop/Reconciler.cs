using System.Collections.Immutable;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Agent.Sources;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Loop;

/// <summary>
/// The control loop's body. One pass: which revision? what is there? what differs? make it so; look again; is it
/// healthy? Every pass starts from what is, so a crash at any point is survived by the next one. Every stage decides first, as a pure
/// function; what it decided is then remembered and carried out here.
/// </summary>
public sealed class Reconciler(
    SourceSet sources, Revisions revisions, Device device, DeviceMemory memory, PassReporter reporter, ReconcileConfiguration settings, TimeProvider time)
{
    private readonly PassPlanner _planner = new(device, revisions);
    private readonly BackOffPolicy _backOff = new(Random.Shared);
    private readonly GateTimes _times = new(settings.Deadline, settings.StableFor, settings.KeepRevisions);

    public async Task<RequeueAfter> RunAsync(CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        var target = Choose();
        var (observed, planned) = await _planner.PlanAsync(target, memory.Ledger, sources.Newest?.Id, memory.Store.BackOff, memory.Clock, cancellation);
        memory.Keep(planned.Ledger);
        await device.FollowAsync(new(target.Everything(PassPlanner.IsFetching(memory.Ledger)), observed));
        var results = await ExecuteAsync(planned, observed, target, cancellation);
        reporter.RecordSteps(results, target.Rendering?.Revision.Id);
        if (!results.IsEmpty)
            observed = await ObserveAsync(target, cancellation);
        cancellation.ThrowIfCancellationRequested();
        var (reports, causes) = Assess(target.Rendering?.State ?? DesiredState.Empty, observed, planned.Plan);
        var verdict = Judge(target, observed, reports, results);
        memory.LastPass = new(results, causes);
        return reporter.Report(new(target, memory.Ledger, observed, planned.Plan, results, reports, verdict, time.GetElapsedTime(began)));
    }

    /// <summary>The newest revision, unless it failed, is invalid, or an operator holds another one.</summary>
    private ReconcileTarget Choose()
    {
        var (target, ledger) = ReconcileTarget.Choose(memory.Ledger, sources.Newest?.Id, revisions.Render, memory.Clock);
        memory.Keep(ledger);
        var lost = target.Lost(sources.Newest?.Id);
        sources.Recover(lost, lost is null ? [] : revisions.PartsOf(lost, memory.Ledger));
        return target;
    }

    /// <summary>What the steps have made of the device.</summary>
    private async Task<ObservedState> ObserveAsync(ReconcileTarget target, CancellationToken cancellation)
    {
        var desired = target.Everything(PassPlanner.IsFetching(memory.Ledger));
        var observed = await device.ObserveAsync(desired, cancellation);
        await device.FollowAsync(new(desired, observed));
        return observed;
    }

    private async Task<ImmutableArray<StepResult>> ExecuteAsync(RevisionPlan planned, ObservedState observed, ReconcileTarget target, CancellationToken cancellation)
    {
        if (memory.Ledger.Suspended)
            return [];

        var results = await device.ExecuteAsync(planned.Plan, new(planned.Desired with { RegistryCredentials = target.RegistryCredentials }, observed), cancellation);
        memory.Store.BackOff = _backOff.After(memory.Store.BackOff, planned.Desired, target.Rendering?.State ?? planned.Desired, results, memory.Clock.GetUtcNow());
        memory.Keep(results
            .Where(r => r.Outcome is StepOutcome.Succeeded)
            .Select(r => (r.Step as Fetch)?.RecordedAs)
            .OfType<string>()
            .Aggregate(memory.Ledger, (ledger, key) => ledger.RecordFetched(key)));
        return results;
    }

    private (ImmutableArray<ReadinessReport> Reports, ImmutableDictionary<ResourceId, FailureCause> Causes) Assess(DesiredState target, ObservedState observed, Plan plan)
    {
        var reports = Readiness.Assess(device.Kinds, target, observed, plan.Blocked, memory.Clock.GetUtcNow());
        var causes = FailureCauses.After(memory.LastPass.Causes, target, reports);
        return (FailureCauses.Explain(reports, causes), causes);
    }

    /// <summary>The health gate: the revision under way is good, or the device goes back, or it is too early to say.</summary>
    private Verdict Judge(ReconcileTarget target, ObservedState observed, ImmutableArray<ReadinessReport> reports, ImmutableArray<StepResult> results)
    {
        if (target.Rendering?.State is not { } desired || memory.Ledger is { Suspended: true } or { Attempt: null })
            return new Verdict.Wait(null);

        var evidence = new Evidence(desired, reports)
        {
            IsFetching = PullProgress.HasAdvanced(memory.LastPass.Results, results),
            DeviceFault = AttemptFailures.OfDevice(desired, reports, memory.Store.BackOff),
            FetchFailure = AttemptFailures.OfFetch(desired, memory.Store.BackOff),
            TerminalFailure = results.Where(r => r.Outcome is StepOutcome.Terminal { Fault: Fault.Revision }).Select(Failure).FirstOrDefault() ?? AttemptFailures.Final(reports),
            Images = RunningImages.Of(desired, observed),
            Parts = revisions.PartsOf(desired.Revision, memory.Ledger),
            WallClock = memory.Clock.Wall.GetUtcNow(),
        };
        var judgement = RevisionGate.Judge(memory.Ledger, evidence, _times, memory.Clock.GetUtcNow());
        memory.Keep(judgement.Ledger);
        if (judgement.Verdict is Verdict.Commit)
            revisions.Prune(judgement.Ledger, sources.Newest?.Id);
        return judgement.Verdict;
    }

    private static Failure Failure(StepResult result) =>
        result.Outcome is StepOutcome.Terminal outcome ? new(outcome.Reason, $"{result.Step.Resource}: {outcome.Message}") : throw new ArgumentException("It did not fail.", nameof(result));
}
