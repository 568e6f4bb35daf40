using System.Collections.Immutable;
using EdgeOperator.Agent.Loop;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Tests.Loop;

public class ResourceConditionsTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);
    private static readonly ResourceId Web = new(KindNames.EdgeModule, "web");
    private static readonly ReadinessReport Missing = new(Web, ReadinessLevel.Progressing, "Missing", "there is no container");

    [Theory]
    [InlineData(1, "there is no container (restored once lately)")]
    [InlineData(3, "there is no container (restored 3 times lately)")]
    public void A_container_that_keeps_disappearing_and_waits_for_its_back_off_is_a_failure(int failures, string message) =>
        Ready(Missing, BackOff(BackOffCause.Restarted, failures)).Should()
            .BeEquivalentTo(new { Status = ConditionStatus.False, Reason = "Missing", Message = message });

    [Fact]
    public void A_container_that_is_missing_for_the_first_time_is_in_progress() =>
        Ready(Missing, backOff: null).Should().BeEquivalentTo(new { Status = ConditionStatus.Unknown, Message = "there is no container" });

    [Fact]
    public void A_container_that_runs_again_is_ready_however_often_it_was_restored() =>
        Ready(new(Web, ReadinessLevel.Ready, "Running", "it runs"), BackOff(BackOffCause.Restarted, 3)).Status.Should().Be(ConditionStatus.True);

    [Fact]
    public void A_container_that_disappeared_five_times_is_stalled() =>
        Conditions(Missing, BackOff(BackOffCause.Restarted, 5)).Single(condition => condition.Type == Condition.Stalled).Status.Should().Be(ConditionStatus.True);

    private static BackOff BackOff(BackOffCause cause, int failures) => new("hash", failures, Now.AddSeconds(10), $"{cause}", "there is no container") { Cause = cause };

    private static Condition Ready(ReadinessReport report, BackOff? backOff) => Conditions(report, backOff).Single(condition => condition.Type == Condition.Ready);

    private static ImmutableArray<Condition> Conditions(ReadinessReport report, BackOff? backOff)
    {
        var hold = backOff is null ? null : new BlockedResource(Web, BlockedReason.BackOff, backOff.Message, backOff.NotBefore, IsProblem: false) { Failure = backOff.Reason };
        return ResourceConditions.Of(report, hold, backOff, results: [], before: [], "rev1", Now);
    }
}
