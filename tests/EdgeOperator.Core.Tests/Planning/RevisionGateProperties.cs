using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Planning;

/// <summary>A device's revisions under any sequence of commits, health and time.</summary>
public class RevisionGateProperties
{
    private static readonly string[] Names = ["r1", "r2", "r3", "r4"];
    private static readonly DesiredState Desired = Given.Desired(Given.Module("a"), Given.Module("b"));

    /// <param name="Newest">The sources' revision; null while they do not answer.</param>
    private sealed record Moment(string? Newest, ReadinessLevel A, ReadinessLevel B, int Seconds, string? RollBackTo, bool Fetched, bool Restarted);

    private sealed record Step(Moment Moment, RevisionLedger Before, ResolvedRevision Choice, GateDecision Judgement);

    private static Arbitrary<Moment[]> Histories { get; } = (
        from newest in Gen.Frequency((1, Gen.Constant<string?>(null)), (9, Gen.Elements<string?>(Names)))
        from a in Gen.Elements(Enum.GetValues<ReadinessLevel>())
        from b in Gen.Elements(Enum.GetValues<ReadinessLevel>())
        from seconds in Gen.Elements(-50, 0, 3, 10, 100, 400)
        from rollBack in Gen.Frequency((9, Gen.Constant<string?>(null)), (1, Gen.Elements<string?>(Names)))
        from fetched in Gen.Elements(true, true, false)
        from restarted in Gen.Frequency((9, Gen.Constant(false)), (1, Gen.Constant(true)))
        select new Moment(newest, a, b, seconds, rollBack, fetched, restarted)).ArrayOf().ToArbitrary();

    [Fact]
    public void A_revision_is_never_committed_while_a_resource_is_not_ready() => Always(step =>
        step.Judgement.Verdict is not Verdict.Commit || (Counts(step.Moment.A) && Counts(step.Moment.B)));

    [Fact]
    public void A_revision_becomes_the_last_good_one_only_by_a_commit() => Always(step =>
        step.Judgement.Verdict is Verdict.Commit
            ? step.Judgement.Ledger.LastGood == step.Choice.Revision
            : step.Judgement.Ledger.LastGood == step.Before.LastGood);

    [Fact]
    public void A_failed_revision_is_not_chosen_while_there_is_a_good_one() => Always(step =>
        step.Choice.Ledger.LastGood is null || step.Choice.Ledger.Failed.All(failed => failed.Revision != step.Choice.Revision));

    [Fact]
    public void The_last_good_revision_is_never_a_failed_one() => Always(step =>
        step.Judgement.Ledger.Failed.All(failed => failed.Revision != step.Judgement.Ledger.LastGood));

    [Fact]
    public void A_roll_back_needs_a_good_revision_and_marks_the_bad_one() => Always(step =>
        step.Judgement.Verdict is not Verdict.RollBack ||
        (step.Before.LastGood is not null && step.Judgement.Ledger.Attempt is null && step.Judgement.Ledger.Failed[0].Revision == step.Choice.Revision));

    [Fact]
    public void Without_a_good_revision_an_attempt_is_never_given_up() => Always(step =>
        step.Judgement.Ledger.LastGood is not null || step.Judgement.Ledger.Attempt?.Revision == step.Choice.Revision);

    [Fact]
    public void A_wait_has_an_end_and_the_ledger_stays_small() => Always(step =>
        step.Judgement.Ledger.Failed.Length <= 20 &&
        (step.Judgement.Verdict is not Verdict.Wait { Until: var until } || until is not null == step.Judgement.Ledger.Attempt is { ApplyingSince: not null }));

    private static void Always(Func<Step, bool> holds) => Prop.ForAll(Histories, history => Run(history).All(holds)).QuickCheckThrowOnFailure();

    private static IEnumerable<Step> Run(Moment[] history)
    {
        var (ledger, now) = (RevisionLedger.Empty, Given.Now);
        foreach (var moment in history)
        {
            now = now.AddSeconds(moment.Seconds);
            if (moment.Restarted)
                ledger = ledger.MarkInterrupted(now);
            if (moment.RollBackTo is { } target && target != ledger.LastGood)
                ledger = ledger.PinAt(new(target, moment.Newest));
            var choice = RevisionGate.Choose(ledger, moment.Newest);
            if (choice.Revision is null)
                continue;

            var before = choice.Ledger.Begin(choice.Revision, now);
            if (moment.Fetched)
                before = before.MarkApplying(now);
            var judgement = RevisionGate.Judge(
                before, new(Desired, [Report("a", moment.A), Report("b", moment.B)]), new(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(10)), now);
            yield return new(moment, before, choice, judgement);
            ledger = judgement.Ledger;
        }
    }

    private static bool Counts(ReadinessLevel level) => level is ReadinessLevel.Ready or ReadinessLevel.Suspended or ReadinessLevel.Waiting;

    private static ReadinessReport Report(string name, ReadinessLevel level) => new(Given.ModuleId(name), level, level.ToString(), "");
}
