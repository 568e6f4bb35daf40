using EdgeOperator.Agent.Execution;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Agent.Tests.Execution;

public class PullProgressTests
{
    private static readonly PullImage Inside = new(new(KindNames.EdgeModule, "web"), "test", "web:1", Optional: false) { Target = "edge" };

    [Fact]
    public void A_pull_that_has_brought_more_bytes_has_advanced()
    {
        HasAdvanced(Inside, before: null, now: 3).Should().BeTrue();
        HasAdvanced(Inside, before: 3, now: 4).Should().BeTrue();
        HasAdvanced(Inside, before: 4, now: 4).Should().BeFalse();
    }

    [Fact]
    public void A_pull_that_begins_again_has_not() => HasAdvanced(Inside, before: 4, now: 1).Should().BeFalse();

    [Fact]
    public void Nor_has_one_that_the_pass_before_did_not_know() => PullProgress.HasAdvanced([], [Pending(Inside, 4)]).Should().BeFalse();

    [Fact]
    public void A_pull_that_fails_has_not() =>
        PullProgress.HasAdvanced([Pending(Inside, 3)], [new(Inside, new StepOutcome.Retry("RegistryUnreachable", "no"), TimeSpan.Zero)]).Should().BeFalse();

    [Fact]
    public void Nor_has_one_that_waits_for_its_time() => HasAdvanced(Inside with { NotBefore = DateTimeOffset.UnixEpoch }, before: 3, now: 4).Should().BeFalse();

    [Fact]
    public void The_hosts_images_are_all_there_before_a_revision_begins() => HasAdvanced(Inside with { Target = EngineTarget.Host }, before: 3, now: 4).Should().BeFalse();

    private static bool HasAdvanced(PullImage step, long? before, long? now) => PullProgress.HasAdvanced([Pending(step, before)], [Pending(step, now)]);

    private static StepResult Pending(PullImage step, long? done) => new(step, new StepOutcome.Pending("pulling", done), TimeSpan.Zero);
}
