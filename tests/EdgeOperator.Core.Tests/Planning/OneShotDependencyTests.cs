using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Core.Tests.Planning;

/// <summary>A module that depends on one that runs once.</summary>
public sealed class OneShotDependencyTests
{
    private static readonly EdgeModuleResource Migrate = Given.Module("migrate", with: spec => spec with { Restart = RestartPolicy.Never });
    private static readonly EdgeModuleResource Web = Given.Module("web") with { DependsOn = [Migrate.Id] };

    [Fact]
    public void It_waits_while_the_job_runs()
    {
        var plan = Given.PlanFor(Given.Desired(Migrate, Web), Given.Device(Given.Container(Migrate)));

        plan.Steps.OfType<AwaitReady>().Should().ContainSingle(gate => gate.Resource == Migrate.Id);
        Gate(Given.Container(Migrate)).Should().Match<ReadinessReport>(r => r.Level == ReadinessLevel.Progressing && r.Message.Contains("has to end with code 0"));
    }

    [Fact]
    public void It_begins_once_the_job_has_ended_with_code_0()
    {
        Given.PlanFor(Given.Desired(Migrate, Web), Given.Device(Given.Container(Migrate).Stopped())).Steps.OfType<AwaitReady>().Should().BeEmpty();
        Gate(Given.Container(Migrate).Stopped()).IsReady.Should().BeTrue();
    }

    [Fact]
    public void It_does_not_begin_after_a_job_that_failed() =>
        Gate(Given.Container(Migrate).Stopped(3)).Should().Match<ReadinessReport>(r => r.Level == ReadinessLevel.Failed && r.Message.Contains("with code 3"));

    [Fact]
    public void A_job_that_runs_is_as_desired_by_itself() =>
        Readiness.Assess(RegisteredKinds.All, Given.Desired(Migrate), Given.Device(Given.Container(Migrate)), [], Given.Now).Should().ContainSingle().Which.IsReady.Should().BeTrue();

    private static ReadinessReport Gate(ObservedContainer job) =>
        Readiness.Assess(RegisteredKinds.All, new AwaitReady(Migrate.Id, "others depend on it"), Given.Desired(Migrate, Web), Given.Device(job), Given.Now);
}
