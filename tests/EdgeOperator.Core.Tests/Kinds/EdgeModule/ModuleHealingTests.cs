using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Tests.Planning;

namespace EdgeOperator.Core.Tests.Kinds.EdgeModule;

public class ModuleHealingTests
{
    [Theory]
    [InlineData(RestartPolicy.Always, 0)]
    [InlineData(RestartPolicy.OnUnhealthy, 137)]
    [InlineData(RestartPolicy.OnFailed, 1)]
    public void A_container_that_has_exited_is_started_again(RestartPolicy policy, int exitCode)
    {
        var module = Module(policy);

        var plan = Given.PlanFor(Given.Desired(module), Given.Device(Given.Container(module).Stopped(exitCode)));

        plan.Summary().Should().Equal("start web-1");
        plan.Steps[0].Reason.Should().Be($"it has exited with code {exitCode}");
    }

    [Fact]
    public void A_container_of_policy_never_is_not_started_again()
    {
        var module = Module(RestartPolicy.Never);

        Given.PlanFor(Given.Desired(module), Given.Device(Given.Container(module).Stopped(1))).ShouldChangeNothing();
    }

    [Fact]
    public void A_container_of_policy_never_is_started_once()
    {
        var module = Module(RestartPolicy.Never);
        var created = Given.Container(module) with { Phase = ContainerPhase.Created, StartedAt = null };

        Given.PlanFor(Given.Desired(module), Given.Device(created)).Summary().Should().Equal("start web-1");
    }

    [Fact]
    public void A_container_of_policy_never_that_comes_back_is_started_before_its_name_hides_that_it_must_be()
    {
        var (module, bad) = (Module(RestartPolicy.Never), Given.Module("web", "app:2"));
        var device = Given.Device(Given.Container(bad, "2"), Given.Container(module).Stopped() with { Name = "web.prev-12345678" });

        Given.PlanFor(Given.Desired(module), device).Summary().Should().Equal(
            "stop web-2", "start web-1", $"rename web-2 to web.prev-{bad.SpecHash[..8]}", "rename web-1 to web", "remove web-2");
    }

    [Fact]
    public void A_job_that_has_run_to_its_end_is_set_aside_as_such_and_is_not_run_again_when_it_comes_back()
    {
        var (job, next) = (Module(RestartPolicy.Never), Given.Module("web", "app:2", spec => spec with { Restart = RestartPolicy.Never }));

        // The new revision replaces it …
        var change = Given.PlanFor(Given.Desired(next), Given.Device(Given.Container(job).Stopped(), Given.Container(next, "2") with { Name = "web.next-12345678", Phase = ContainerPhase.Created, StartedAt = null }));
        change.Summary().Should().Contain($"rename web-1 to web.done-{job.SpecHash[..8]}");

        // … and is rolled back.
        var device = Given.Device(Given.Container(next, "2").Stopped(1), Given.Container(job).Stopped() with { Name = "web.done-12345678" });
        var back = Given.PlanFor(Given.Desired(job), device);
        back.Steps.Should().NotContain(step => step.IsStart);
        back.Summary().Should().Contain("rename web-1 to web");
    }

    [Theory]
    [InlineData(RestartPolicy.Always, true)]
    [InlineData(RestartPolicy.OnUnhealthy, true)]
    [InlineData(RestartPolicy.OnFailed, false)]
    [InlineData(RestartPolicy.Never, false)]
    public void An_unhealthy_container_is_restarted_if_the_policy_wants_so(RestartPolicy policy, bool restarted)
    {
        var module = Module(policy);
        var sick = Given.Container(module) with { Health = ContainerHealth.Unhealthy, HealthDetail = "connection refused" };

        var plan = Given.PlanFor(Given.Desired(module), Given.Device(sick));

        plan.Steps.Select(step => $"{step.Summary()}: {step.Reason}").Should().Equal(restarted ? ["restart web-1: it is unhealthy: connection refused"] : []);
    }

    [Theory]
    [InlineData(ContainerPhase.Created, "start web-1")]
    [InlineData(ContainerPhase.Paused, "start web-1")]
    [InlineData(ContainerPhase.Restarting, "")]
    [InlineData(ContainerPhase.Dead, "remove web-1, create web, start new web")]
    [InlineData(ContainerPhase.Removing, "remove web-1, create web, start new web")]
    public void A_container_that_does_not_run_is_made_to(ContainerPhase phase, string expected)
    {
        var module = Module(RestartPolicy.Always);

        var plan = Given.PlanFor(Given.Desired(module), Given.Device(Given.Container(module) with { Phase = phase }));

        string.Join(", ", plan.Summary()).Should().Be(expected);
    }

    [Fact]
    public void Of_two_containers_that_are_as_desired_one_goes_even_before_the_commit()
    {
        var module = Given.Module("web");
        var device = Given.Device(Given.Container(module) with { Name = "web-copy" }, Given.Container(module, "2"));

        Given.PlanFor(Given.Desired(module), device, Given.Uncommitted).Summary().Should().Equal("stop web-1", "remove web-1");
    }

    [Fact]
    public void Of_two_containers_that_are_as_desired_the_running_one_stays_and_takes_the_name()
    {
        var module = Given.Module("web");
        var device = Given.Device(Given.Container(module).Stopped(), Given.Container(module, "2") with { Name = "web-copy" });

        Given.PlanFor(Given.Desired(module), device).Summary().Should().Equal(
            $"rename web-1 to web.done-{module.SpecHash[..8]}", "rename web-2 to web", "remove web-1");
    }

    [Fact]
    public void A_container_that_was_renamed_by_hand_gets_its_name_back()
    {
        var module = Given.Module("web");

        Given.PlanFor(Given.Desired(module), Given.Device(Given.Container(module) with { Name = "mine" })).Summary().Should().Equal("rename web-1 to web");
    }

    private static EdgeModuleResource Module(RestartPolicy policy) => Given.Module("web", with: spec => spec with { Restart = policy });
}
