using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Core.Tests.Planning;

public class ReadinessTests
{
    private static readonly EdgeModuleResource Web = Given.Module("web");
    private static readonly ObservedContainer Running = Given.Container(Web);

    [Fact]
    public void A_module_without_a_container_is_missing() => Assess(Web).Should().Be("Progressing Missing: there is no container");

    [Fact]
    public void A_module_whose_container_is_of_another_spec_is_outdated() =>
        Assess(Web, Running with { SpecHash = "old" }).Should().Be("Progressing Outdated: the container is of an earlier spec");

    [Fact]
    public void A_container_that_has_not_taken_its_place_yet_is_replacing() =>
        Assess(Web, Running with { Name = "web.next" }).Should().StartWith("Progressing Replacing");

    [Theory]
    [InlineData(ContainerHealth.None, "Ready Running: it runs")]
    [InlineData(ContainerHealth.Healthy, "Ready Running: it runs and is healthy")]
    [InlineData(ContainerHealth.Starting, "Progressing Starting: its health check has not passed yet")]
    [InlineData(ContainerHealth.Unhealthy, "Failed Unhealthy: its health check fails: no answer")]
    public void A_running_container_is_as_ready_as_it_is_healthy(ContainerHealth health, string expected) =>
        Assess(Web, Running with { Health = health, HealthDetail = "no answer" }).Should().Be(expected);

    [Theory]
    [InlineData(ContainerPhase.Created, "Progressing Created: the container was never started")]
    [InlineData(ContainerPhase.Paused, "Failed Paused: the container is paused")]
    [InlineData(ContainerPhase.Restarting, "Failed CrashLooping: it keeps exiting with code 3; the engine restarts it")]
    [InlineData(ContainerPhase.Exited, "Failed Exited: it has exited with code 3")]
    [InlineData(ContainerPhase.Dead, "Progressing Missing: there is no container")]
    public void A_container_that_does_not_run_is_not_ready(ContainerPhase phase, string expected) =>
        Assess(Web, Running with { Phase = phase, ExitCode = 3 }).Should().Be(expected);

    [Theory]
    [InlineData(0, "Ready Completed: it has run to its end")]
    [InlineData(3, "Failed Exited: it has exited with code 3")]
    public void A_module_of_policy_never_is_ready_when_it_has_run_to_its_end(int exitCode, string expected)
    {
        var job = Given.Module("web", with: spec => spec with { Restart = RestartPolicy.Never });

        Assess(job, Given.Container(job).Stopped(exitCode)).Should().Be(expected);
    }

    [Fact]
    public void A_module_that_is_to_be_stopped_is_ready_when_it_does_not_run()
    {
        var stopped = Web with { Container = Web.Container with { Power = ModulePower.Stopped } };

        Assess(stopped, Running.Stopped(1)).Should().StartWith("Ready Stopped");
        Assess(stopped, Running).Should().StartWith("Progressing Stopping");
        Assess(stopped).Should().StartWith("Progressing Missing");
    }

    [Fact]
    public void A_container_that_was_just_restarted_by_the_engine_has_yet_to_prove_itself()
    {
        var restarted = Running with { RestartCount = 2, StartedAt = Given.Now.AddSeconds(-4) };

        var report = Report(Web, [], restarted);

        report.Reason.Should().Be("CrashLooping");
        report.Until.Should().Be(Given.Now.AddSeconds(6));
        Report(Web, [], restarted with { StartedAt = Given.Now.AddSeconds(-10) }).Should().Match<ReadinessReport>(r => r.IsReady && r.Since == Given.Now.AddSeconds(-10));
    }

    [Fact]
    public void A_crash_loop_names_exit_code_memory_count_and_what_was_printed_last()
    {
        var looping = Running with { Phase = ContainerPhase.Restarting, ExitCode = 137, OutOfMemory = true, RestartCount = 4, LastLines = ["loading", "allocating"] };
        var restarted = looping with { Phase = ContainerPhase.Running, StartedAt = Given.Now.AddSeconds(-4) };

        var report = Report(Web, [], looping);

        report.Message.Should().Be("it keeps exiting with code 137 (out of memory: the kernel killed it); the engine restarts it (restarted 4 times)");
        report.FullExplanation.Should().Be($"{report.Message}; its last lines: loading | allocating");
        Report(Web, [], restarted).Message.Should().Be("it has exited with code 137 (out of memory: the kernel killed it); the engine has just restarted it (restart 4)");
        Report(Web, [], restarted).Output.Should().Be("loading | allocating");
    }

    [Fact]
    public void Without_the_engine_nothing_is_known()
    {
        var device = Given.Device(Running);

        var report = Readiness.Assess(RegisteredKinds.All, Given.Desired(Web), device with { Engine = device.Engine with { Unavailable = "no such socket" } }, [], Given.Now).Single();

        report.Should().Be(new ReadinessReport(Web.Id, ReadinessLevel.Unknown, "EngineUnavailable", "no such socket"));
    }

    [Fact]
    public void A_problem_counts_even_while_the_container_runs() =>
        Report(Web, [new(Web.Id, BlockedReason.DependencyCycle, "a → b → a", null, IsProblem: true)], Running)
            .Should().Be(new ReadinessReport(Web.Id, ReadinessLevel.Failed, "DependencyCycle", "a → b → a") { Since = Running.StartedAt });

    [Fact]
    public void A_suspended_module_counts_neither_way_unless_it_is_ready()
    {
        BlockedResource suspended = new(Web.Id, BlockedReason.Suspended, "it is suspended", null, IsProblem: false);

        Report(Web, [suspended], Running.Stopped()).Level.Should().Be(ReadinessLevel.Suspended);
        Report(Web, [suspended], Running).Level.Should().Be(ReadinessLevel.Ready);
    }

    [Fact]
    public void A_module_in_back_off_says_what_it_failed_with_and_when_it_is_due()
    {
        var due = Given.Now.AddSeconds(30);

        Report(Web, [new(Web.Id, BlockedReason.BackOff, "no such tag", due, IsProblem: false) { Failure = "PullFailed" }])
            .Should().Be(new ReadinessReport(Web.Id, ReadinessLevel.Failed, "PullFailed", "no such tag") { Until = due });
    }

    [Fact]
    public void A_gate_before_a_replacement_asks_about_the_new_container_alone()
    {
        var device = Given.Device(Running with { Name = "web.next" }, Given.Container(Given.Module("web", "old:1"), "0"));

        Gate(new(Web.Id, "", Replacement: true)).IsReady.Should().BeTrue();
        Gate(new(Web.Id, "")).IsReady.Should().BeFalse();

        ReadinessReport Gate(AwaitReady gate) => Readiness.Assess(RegisteredKinds.All, gate, Given.Desired(Web), device, Given.Now);
    }

    [Fact]
    public void A_gate_for_what_is_no_longer_desired_stays_shut() =>
        Readiness.Assess(RegisteredKinds.All, new AwaitReady(Web.Id, ""), Given.Desired(), Given.Device(Running), Given.Now).IsReady.Should().BeFalse();

    [Fact]
    public void A_file_is_ready_when_it_is_in_sync_and_its_action_is_done()
    {
        var conf = Given.File("conf", onChange: new FileAction.ReloadUnit("unit"));

        File(Given.Written(conf)).Should().Be("Ready InSync: it is as desired");
        File(Given.Written(conf) with { ContentHash = "other" }).Should().Be("Progressing Drifted: its content differs");
        File(Given.Written(conf) with { ActionPending = true }).Should().StartWith("Progressing ActionPending").And.EndWith("reload unit unit");
        File(Given.Written(conf) with { Refused = "it is a folder" }).Should().Be("Failed PathRefused: it is a folder");

        string File(ObservedConfigFile file) => Text(Readiness.Assess(RegisteredKinds.All, Given.Desired(conf), Given.Device().WithFiles(file), [], Given.Now).Single());
    }

    private static string Assess(EdgeModuleResource module, params ObservedContainer[] containers) => Text(Report(module, [], containers));

    private static ReadinessReport Report(EdgeModuleResource module, BlockedResource[] held, params ObservedContainer[] containers) =>
        Readiness.Assess(RegisteredKinds.All, Given.Desired(module), Given.Device(containers), [.. held], Given.Now).Single();

    private static string Text(ReadinessReport report) => $"{report.Level} {report.Reason}: {report.Message}";
}
