using System.Collections.Immutable;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Agent.Reporting;
using EdgeOperator.Agent.Sources;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent;

/// <summary>
/// The control loop's body. One pass: which revision? what is there? what differs? make it so; look again; is it
/// healthy? Every pass starts from what is, so a crash at any point is survived by the next one. Every stage decides first, as a pure
/// function; what it decided is then remembered and carried out here.
/// </summary>
public sealed class Reconciler(
    SourceSet sources, Revisions revisions, Device device, DeviceMemory memory, PassReporter reporter, ReconcileConfiguration settings, TimeProvider time)
{
    private readonly BackOffPolicy _backOff = new(Random.Shared);
    private readonly GateTimes _times = new(settings.Deadline, settings.StableFor, settings.KeepRevisions);
    private ImmutableArray<StepResult> _before = [];
    private ImmutableDictionary<ResourceId, FailureCause> _causes = ImmutableDictionary<ResourceId, FailureCause>.Empty;

    public async Task<NextLook> RunAsync(CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        var aim = Choose();
        var observed = await device.ObserveAsync(aim.Everything(IsFetching(memory.Ledger)), cancellation);
        var planned = Plan(aim, observed);
        if (IsFetching(memory.Ledger) && !IsFetching(planned.Ledger))
        {
            // What was seen for the last good revision's sake (whose file it is, what a machine may share) is not the new one's.
            observed = await device.ObserveAsync(aim.Everything(fetching: false), cancellation);
            planned = Plan(aim, observed);
        }

        memory.Keep(planned.Ledger);
        var results = await ExecuteAsync(planned, aim.Target?.State ?? planned.Desired, cancellation);
        if (!results.IsEmpty)
            observed = await device.ObserveAsync(aim.Everything(IsFetching(memory.Ledger)), cancellation);
        cancellation.ThrowIfCancellationRequested();
        var reports = Assess(aim.Target?.State ?? DesiredState.Empty, observed, planned.Plan);
        var verdict = Judge(aim, observed, reports, results);
        _before = results;
        return reporter.Report(new(aim, memory.Ledger, observed, planned.Plan, results, reports, verdict, time.GetElapsedTime(began)));
    }

    private static bool IsFetching(RevisionLedger ledger) => ledger.Attempt is { ApplyingSince: null };

    /// <summary>The newest revision, unless it failed, is invalid, or an operator holds another one.</summary>
    private Aim Choose()
    {
        var (aim, ledger) = Aim.Choose(memory.Ledger, sources.Newest?.Id, revisions.Render, memory.Clock);
        memory.Keep(ledger);
        return aim;
    }

    private RevisionPlan Plan(Aim aim, ObservedState observed) => aim.Target?.State is { } target
        ? RevisionPlanner.Plan(memory.Ledger, target, aim.LastGood?.State, observed, new(memory.Store.BackOff, UnnamedImages(observed)), memory.Clock.GetUtcNow())
        : new(Core.Planning.Plan.Nothing, DesiredState.Empty, memory.Ledger);

    private ImmutableDictionary<string, ImmutableHashSet<string>> UnnamedImages(ObservedState observed) => observed.GuestEngines
        .Append(new(EngineTarget.Host, observed.Engine))
        .ToImmutableDictionary(engine => engine.Key, engine => revisions.UnnamedImages(memory.Ledger, engine.Key, engine.Value));

    private async Task<ImmutableArray<StepResult>> ExecuteAsync(RevisionPlan planned, DesiredState fetched, CancellationToken cancellation)
    {
        if (memory.Ledger.Suspended)
            return [];

        var results = await device.ExecuteAsync(planned.Plan, planned.Desired, cancellation);
        memory.Store.BackOff = _backOff.After(memory.Store.BackOff, planned.Desired, fetched, results, memory.Clock.GetUtcNow());
        memory.Keep(results
            .Where(r => r is { Step: PullImage, Outcome: StepOutcome.Succeeded })
            .Aggregate(memory.Ledger, (ledger, r) => ledger.RecordFetched(((PullImage)r.Step).Key)));
        return results;
    }

    private ImmutableArray<ReadinessReport> Assess(DesiredState target, ObservedState observed, Plan plan)
    {
        var reports = Readiness.Assess(target, observed, plan.Held, memory.Clock.GetUtcNow());
        _causes = FailureCauses.After(_causes, target, reports);
        return FailureCauses.Explain(reports, _causes);
    }

    /// <summary>The health gate: the revision under way is good, or the device goes back, or it is too early to say.</summary>
    private Verdict Judge(Aim aim, ObservedState observed, ImmutableArray<ReadinessReport> reports, ImmutableArray<StepResult> results)
    {
        if (aim.Target?.State is not { } target || memory.Ledger is { Suspended: true } or { Attempt: null })
            return new Verdict.Wait(null);

        var evidence = new Evidence(target, reports)
        {
            IsFetching = PullProgress.HasAdvanced(_before, results),
            DeviceFault = AttemptFailures.OfDevice(target, reports, memory.Store.BackOff),
            FetchFailure = AttemptFailures.OfFetch(target, memory.Store.BackOff),
            Hopeless = results.Where(r => r.Outcome is StepOutcome.Terminal { Fault: Fault.Revision }).Select(Failure).FirstOrDefault(),
            Images = RunningImages.Of(target, observed),
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
