using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Tests.Planning;

namespace EdgeOperator.Core.Tests.Kinds.EdgeModule;

/// <summary>A module that lives in the network or namespaces of another follows it.</summary>
public class SharedNamespaceTests
{
    [Fact]
    public void It_starts_behind_the_other_though_it_does_not_say_so()
    {
        var (main, side) = (Given.Module("main"), Joining("aside", "main"));

        var steps = Given.PlanFor(Given.Desired(main, side), Given.Device([], "app:1")).Steps;

        var gate = steps.Single(step => step is AwaitReady);
        gate.Resource.Should().Be(main.Id);
        steps.Single(step => step is CreateContainer && step.Resource == side.Id).Requires.Should().Contain(gate.Id);
    }

    [Fact]
    public void It_is_replaced_with_the_other()
    {
        var (old, side) = (Given.Module("main"), Joining("side", "main"));
        var main = Given.Module("main", "app:2");

        var plan = Given.PlanFor(Given.Desired(main, side), Given.Device([Given.Container(old), Given.Container(side) with { SharesWith = ["main-1"] }], "app:2"));

        plan.Steps.OfType<CreateContainer>().Select(step => step.Resource).Should().Equal(main.Id, side.Id);
        plan.Steps.OfType<CreateContainer>().Last().Reason.Should().Be("it shares namespaces or volumes with an earlier container main");
    }

    [Theory]
    [InlineData("main-0", true)]
    [InlineData("main-1", false)]
    [InlineData("main", false)]
    public void It_is_replaced_when_the_other_was(string sharesWith, bool replaced)
    {
        var (main, side) = (Given.Module("main"), Joining("side", "main"));

        var plan = Given.PlanFor(Given.Desired(main, side), Given.Device(Given.Container(main), Given.Container(side) with { SharesWith = [sharesWith] }));

        plan.Steps.OfType<CreateContainer>().Select(step => step.Resource).Should().Equal(replaced ? [side.Id] : []);
    }

    [Fact]
    public void It_is_started_again_when_the_other_was()
    {
        var (main, side) = (Given.Module("main"), Joining("side", "main"));
        var started = Given.Container(main) with { StartedAt = Given.Now.AddMinutes(-5) };

        var plan = Given.PlanFor(Given.Desired(main, side), Given.Device(started, Given.Container(side) with { SharesWith = ["main-1"] }));

        plan.Summary().Should().Equal("restart side-1");
        plan.Steps[0].Reason.Should().Be("the container main, in whose network or namespaces it lives, was restarted");
    }

    [Theory]
    [InlineData(2, 1, 0, true)]
    [InlineData(1, 2, 60, false)]
    [InlineData(1, 1, 60, true)]
    [InlineData(1, 1, -60, false)]
    public void Which_started_first_is_told_by_observations_and_within_one_by_the_engines_clock(int observed, int sideObserved, int seconds, bool again)
    {
        var (main, side) = (Given.Module("main"), Joining("side", "main"));
        var (one, other) = (Given.Container(main), Given.Container(side));

        var plan = Given.PlanFor(Given.Desired(main, side), Given.Device(
            one with { FirstObservedIn = observed, EngineStartedAt = one.StartedAt!.Value.AddSeconds(seconds) },
            other with { FirstObservedIn = sideObserved, EngineStartedAt = one.StartedAt, SharesWith = ["main-1"] }));

        plan.Summary().Should().Equal(again ? ["restart side-1"] : []);
    }

    [Fact]
    public void It_is_not_ready_in_a_namespace_that_has_ended()
    {
        var (main, side) = (Given.Module("main"), Joining("side", "main"));
        var device = Given.Device(Given.Container(main) with { FirstObservedIn = 1 }, Given.Container(side) with { SharesWith = ["main-1"] });

        Readiness.Assess(RegisteredKinds.All, Given.Desired(main, side), device, [], Given.Now).Single(report => report.Resource == side.Id).Should().BeEquivalentTo(new { Level = ReadinessLevel.Progressing, Reason = "Drifted" });
    }

    [Fact]
    public void Volumes_outlive_a_restart()
    {
        var (main, side) = (Given.Module("main"), Given.Module("side", with: spec => spec with { VolumesFrom = ["main"] }));
        var started = Given.Container(main) with { StartedAt = Given.Now.AddMinutes(-5) };

        Given.PlanFor(Given.Desired(main, side), Given.Device(started, Given.Container(side) with { SharesWith = ["main-1"] })).ShouldChangeNothing();
    }

    [Fact]
    public void What_follows_is_followed()
    {
        var (main, side, third) = (Given.Module("main"), Joining("side", "main"), Joining("athird", "side"));
        var device = Given.Device(Given.Container(main), Given.Container(side) with { SharesWith = ["main-0"] }, Given.Container(third) with { SharesWith = ["side-1"] });

        Given.PlanFor(Given.Desired(main, side, third), device).Steps.OfType<CreateContainer>().Select(step => step.Resource).Should().Equal(side.Id, third.Id);
    }

    [Fact]
    public void A_container_that_is_no_module_is_nobody_to_wait_for() =>
        Given.PlanFor(Given.Desired(Joining("side", "theirs")), Given.Device([Given.Foreign("theirs")], "app:1"))
            .Steps.Should().NotContain(step => step is AwaitReady).And.Contain(step => step is CreateContainer);

    [Theory]
    [InlineData("foreign-theirs", false)]
    [InlineData("foreign-earlier", true)]
    public void It_is_replaced_when_somebody_replaced_a_container_that_is_no_module(string sharesWith, bool replaced)
    {
        var side = Joining("side", "theirs");

        var plan = Given.PlanFor(Given.Desired(side), Given.Device(Given.Foreign("theirs"), Given.Container(side) with { SharesWith = [sharesWith] }));

        plan.Steps.OfType<CreateContainer>().Select(step => step.Resource).Should().Equal(replaced ? [side.Id] : []);
    }

    [Fact]
    public void It_is_restarted_when_somebody_restarted_a_container_that_is_no_module()
    {
        var side = Joining("side", "theirs");
        var restarted = Given.Foreign("theirs") with { StartedAt = Given.Now.AddMinutes(-5) };

        Given.PlanFor(Given.Desired(side), Given.Device(restarted, Given.Container(side) with { SharesWith = ["foreign-theirs"] })).Summary().Should().Equal("restart side-1");
    }

    [Fact]
    public void Without_the_container_whose_network_it_lives_in_it_is_not_ready_and_keeps_running_until_it_can_be_replaced()
    {
        var side = Joining("side", "theirs");
        var device = Given.Device(Given.Container(side) with { SharesWith = ["foreign-theirs"] });

        Readiness.Assess(RegisteredKinds.All, Given.Desired(side), device, [], Given.Now).Single().Should().BeEquivalentTo(new { Level = ReadinessLevel.Progressing, Reason = "Drifted" });
        Given.PlanFor(Given.Desired(side), device).Steps[0].Should().BeOfType<CreateContainer>();
    }

    [Fact]
    public void Volumes_outlive_the_container_that_they_came_with()
    {
        var side = Given.Module("side", with: spec => spec with { VolumesFrom = ["theirs"] });

        Given.PlanFor(Given.Desired(side), Given.Device(Given.Container(side) with { SharesWith = ["foreign-theirs"] })).ShouldChangeNothing();
    }

    [Fact]
    public void Modules_that_join_each_other_are_a_dependency_cycle()
    {
        var plan = Given.PlanFor(Given.Desired(Joining("main", "side"), Joining("side", "main")), Given.Device([]));

        plan.Blocked.Should().HaveCount(2).And.OnlyContain(hold => hold.Reason == BlockedReason.DependencyCycle);
    }

    private static EdgeModuleResource Joining(string name, string other) => Given.Module(name, with: spec => spec with { Joins = [other] });
}
