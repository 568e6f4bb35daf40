using System.Collections.Immutable;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Agent.Reporting;
using EdgeOperator.Agent.Sources;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent;

/// <summary>
/// The control loop's body. One pass: which revision? what is there? what differs? make it so; look again; is it
/// healthy? Every pass starts from what is, so a crash at any point is survived by the next one.
/// </summary>
public sealed class Reconciler(
    SourceSet sources, Revisions revisions, Device device, DeviceMemory memory, PassReporter reporter, ReconcileConfiguration settings, TimeProvider time)
{
    private readonly BackOffPolicy _backOff = new(Random.Shared);
    private readonly LatePulls _latePulls = new();

    private bool IsFetching => memory.Ledger.Attempt is { ApplyingSince: null };

    public async Task<NextLook> RunAsync(CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        var aim = Choose();
        var (wasFetching, observed) = (IsFetching, await device.ObserveAsync(aim.Everything(IsFetching), cancellation));
        var (plan, desired) = Plan(aim, observed);
        if (wasFetching && !IsFetching)
        {
            // What was seen for the last good revision's sake (whose file it is, what a machine may share) is not the new one's.
            observed = await device.ObserveAsync(aim.Everything(IsFetching), cancellation);
            (plan, desired) = Plan(aim, observed);
        }

        var results = await ExecuteAsync(plan, desired, aim.Target?.State ?? desired, cancellation);
        if (!results.IsEmpty)
            observed = await device.ObserveAsync(aim.Everything(IsFetching), cancellation);
        cancellation.ThrowIfCancellationRequested();
        var reports = Readiness.Assess(aim.Target?.State ?? DesiredState.Empty, observed, plan.Held, time.GetUtcNow());
        var verdict = Judge(aim, reports, results);
        return reporter.Report(new(aim, memory.Ledger, observed, plan, results, reports, verdict, time.GetElapsedTime(began)));
    }

    /// <summary>The newest revision, unless it failed, is invalid, or an operator holds another one.</summary>
    private Aim Choose()
    {
        var aim = ChooseAmong(sources.Newest?.Id);
        if (aim is { Target: { State: null } broken, IsLastGood: false }
            && memory.Ledger.Failed.All(f => f.Revision != broken.Revision.Id))
        {
            memory.Keep(memory.Ledger.Fail(new(broken.Revision.Id, time.GetUtcNow(), broken.Reason, broken.Summary)));
            aim = ChooseAmong(sources.Newest?.Id);
        }

        if (aim.Target is { State: not null } target)
            memory.Begin(target.Revision.Id, time.GetUtcNow());
        return aim;
    }

    private Aim ChooseAmong(string? newest)
    {
        var choice = RevisionGate.Choose(memory.Ledger, newest);
        memory.Keep(choice.Ledger);
        return new(
            choice,
            choice.Revision is { } chosen ? revisions.Render(chosen) : null,
            choice.Ledger.LastGood is { } good ? revisions.Render(good) : null,
            choice.Revision == choice.Ledger.LastGood);
    }

    /// <summary>
    /// What to do, and the state that it leads to. Until a new revision is fetched, the last good one is kept up and the
    /// fetches run beside it.
    /// </summary>
    private (Plan Plan, DesiredState Desired) Plan(Aim aim, ObservedState observed)
    {
        if (aim.Target?.State is not { } target)
            return (Core.Planning.Plan.Nothing, DesiredState.Empty);

        var now = time.GetUtcNow();
        var inventory = memory.Inventory(aim.LastGood?.State, UnnamedImages(observed));
        var change = Planner.Plan(target, observed, inventory, now);
        if (!IsFetching)
            return (change, target);

        if (change.IsFetched)
        {
            memory.Keep(memory.Ledger.MarkApplying(now));
            return (change, target);
        }

        return aim.LastGood?.State is { } good
            ? (Planner.Plan(good, observed, inventory with { Committed = true, IsFetchingNext = true }, now).Besides(change), good)
            : (Core.Planning.Plan.Nothing.Besides(change), target);
    }

    private ImmutableDictionary<string, ImmutableHashSet<string>> UnnamedImages(ObservedState observed) => observed.GuestEngines
        .Append(new(EngineTarget.Host, observed.Engine))
        .ToImmutableDictionary(engine => engine.Key, engine => revisions.UnnamedImages(engine.Key, engine.Value));

    private async Task<ImmutableArray<StepResult>> ExecuteAsync(Plan plan, DesiredState desired, DesiredState fetched, CancellationToken cancellation)
    {
        if (memory.Ledger.Suspended)
            return [];

        var results = await device.ExecuteAsync(plan, desired, cancellation);
        memory.Store.BackOff = _backOff.After(memory.Store.BackOff, desired, fetched, results, time.GetUtcNow());
        memory.Keep(results
            .Where(r => r is { Step: PullImage, Outcome: StepOutcome.Succeeded })
            .Aggregate(memory.Ledger, (ledger, r) => ledger.RecordFetched(((PullImage)r.Step).Key)));
        return results;
    }

    /// <summary>The health gate: the revision under way is good, or the device goes back, or it is too early to say.</summary>
    private Verdict Judge(Aim aim, ImmutableArray<ReadinessReport> reports, ImmutableArray<StepResult> results)
    {
        if (aim.Target?.State is not { } target || memory.Ledger is { Suspended: true } or { Attempt: null })
            return new Verdict.Wait(null);

        var judgement = RevisionGate.Judge(memory.Ledger, target, reports, settings.Deadline, settings.StableFor, time.GetUtcNow(), _latePulls.Advance(results));
        if (judgement.Ledger.Attempt is { ApplyingSince: not null } attempt && judgement.Ledger.LastGood is not null
            && results.Select(r => r.Outcome).OfType<StepOutcome.Terminal>().FirstOrDefault() is { } hopeless)
        {
            // Waiting for the deadline can't help: the same step would fail the same way.
            judgement = new(
                judgement.Ledger.Fail(new(attempt.Revision, time.GetUtcNow(), hopeless.Reason, hopeless.Message)),
                new Verdict.RollBack(hopeless.Reason, hopeless.Message));
        }

        memory.Keep(judgement.Ledger);
        if (judgement.Verdict is Verdict.Commit)
            revisions.LetGo(judgement.Ledger, sources.Newest?.Id);
        return judgement.Verdict;
    }
}
