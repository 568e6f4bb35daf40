using EdgeOperator.Agent.Tests.LocalApi;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Cli.Tests;

public sealed class HealthGateTests
{
    private static readonly RevisionStatus New = new("new", "main@new");
    private static readonly RevisionStatus Old = new("old", "main@old");

    [Fact]
    public void A_committed_and_ready_revision_is_done() =>
        Judge(Status(New, applied: New, lastGood: New, Condition.Ready), RevisionOutcome.Succeeded).Should().Be(new GateResult(0, "main@new: Ready it is"));

    [Fact]
    public void A_ready_revision_that_has_to_prove_itself_is_not_decided() =>
        Judge(Status(New, applied: New, lastGood: Old, Condition.Ready), RevisionOutcome.InProgress).Should().BeNull();

    [Fact]
    public void A_committed_revision_that_is_being_repaired_is_not_decided() =>
        Judge(Status(New, applied: New, lastGood: New, Condition.Reconciling), RevisionOutcome.Succeeded).Should().BeNull();

    [Fact]
    public void A_revision_that_is_only_fetched_is_not_decided() =>
        Judge(Status(New, applied: Old, lastGood: Old, Condition.Ready), outcome: null).Should().BeNull();

    [Fact]
    public void A_revision_that_was_rolled_back_failed() =>
        Judge(Status(New, applied: Old, lastGood: Old, Condition.Ready), RevisionOutcome.RolledBack)
            .Should().Be(new GateResult(1, "main@new failed and was rolled back: because"));

    [Fact]
    public void A_refused_revision_is_invalid_input() =>
        Judge(Status(New, applied: Old, lastGood: Old, Condition.Ready), RevisionOutcome.Invalid)
            .Should().Be(new GateResult(3, "main@new is refused: because"));

    [Fact]
    public void A_stalled_first_revision_failed_for_there_is_nothing_to_go_back_to() =>
        Judge(Status(New, applied: New, lastGood: null, Condition.Stalled), RevisionOutcome.InProgress).Should().Be(new GateResult(1, "main@new: Stalled it is"));

    [Fact]
    public void A_stalled_update_is_left_to_the_roll_back() =>
        Judge(Status(New, applied: New, lastGood: Old, Condition.Stalled), RevisionOutcome.InProgress).Should().BeNull();

    [Fact]
    public void A_failing_source_a_suspension_and_a_hold_are_told()
    {
        var good = Status(New, applied: New, lastGood: New, Condition.Ready);
        var lost = new SourceStatus("fleet", "git", "https://x", null, null, null, new(Condition.Ready, ConditionStatus.False, "Unreachable", "no route", default, null));

        Judge(good with { Sources = [lost] }, RevisionOutcome.Succeeded)!.Message.Should().Be("source fleet (https://x) does not deliver: no route");
        Judge(good with { Suspended = true }, RevisionOutcome.Succeeded)!.ExitCode.Should().Be(1);
        Judge(good with { HeldAt = "old" }, RevisionOutcome.Succeeded)!.ExitCode.Should().Be(1);
    }

    private static GateResult? Judge(DeviceStatus status, RevisionOutcome? outcome) => HealthGate.Judge(
        status, outcome is { } known ? [new(2, "new", "main@new", CannedAgent.Noon, null, known, "because"), new(1, "new", "main@new", CannedAgent.Noon, null, RevisionOutcome.Superseded, null)] : []);

    private static DeviceStatus Status(RevisionStatus desired, RevisionStatus applied, RevisionStatus? lastGood, string holds) => new()
    {
        Device = "pump-7",
        AgentVersion = "0",
        Desired = desired,
        Applied = applied,
        LastGood = lastGood,
        Conditions = [new(holds, ConditionStatus.True, "Because", $"{holds} it is", CannedAgent.Noon, null)],
    };
}
