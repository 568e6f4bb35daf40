using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Core.Tests.Planning;

namespace EdgeOperator.Core.Tests.Kinds.FunctionApp;

public class AppReadinessTests
{
    private static readonly FunctionAppResource Orders = Given.App("orders");
    private static readonly ObservedFunctionApp Served = Given.Served(Orders);
    private static readonly HostReport Host = Served.Report!;

    [Fact]
    public void An_app_is_ready_when_its_host_serves_the_desired_generation()
    {
        var report = Of(Served);

        report.Level.Should().Be(ReadinessLevel.Ready);
        report.Since.Should().Be(Host.ServingSince);
    }

    [Fact]
    public void An_app_is_on_its_way_while_it_is_started_or_loaded()
    {
        Of(Served with { Phase = AppHostPhase.Starting, Report = null }).Level.Should().Be(ReadinessLevel.Progressing);
        Of(Served with { Report = Host with { Serving = "old" } }).Reason.Should().Be("Loading");
        Of(Served with { Requested = "old", Report = Host with { Serving = "old", Wanted = "old" } }).Reason.Should().Be("Outdated");
    }

    [Fact]
    public void What_the_host_says_of_a_failure_is_what_the_app_fails_with()
    {
        var report = Of(Served with { Report = Host with { Serving = "old", Failure = "host.json is no JSON" } });

        report.Level.Should().Be(ReadinessLevel.Failed);
        report.Message.Should().Be("host.json is no JSON");
    }

    [Fact]
    public void A_function_that_can_not_run_fails_its_app_unless_it_is_disabled()
    {
        var broken = new FunctionReport("pay", "httpTrigger", false, null, "there is no pay.js", 0, 0, null, null);

        Of(Served with { Report = Host with { Functions = [broken] } }).Message.Should().Be("pay can't run: there is no pay.js");
        Of(Served with { Report = Host with { Functions = [broken with { Disabled = true }] } }).IsReady.Should().BeTrue();
    }

    [Fact]
    public void An_app_whose_workers_all_keep_ending_fails() =>
        Of(Served with { Report = Host with { Instances = [new(0, 0, "waiting", 0, 4, 0)] } }).Reason.Should().Be("WorkersEnded");

    [Fact]
    public void An_app_that_rests_is_ready() =>
        Of(Served with { Report = Host with { Serving = null, OutsideSchedule = true } }).Reason.Should().Be("OutsideSchedule");

    [Fact]
    public void A_host_that_ended_or_hangs_is_a_failure()
    {
        Of(Served with { Phase = AppHostPhase.Stopped, Report = null, ExitReason = "exit code 1" }).Message.Should().Be("its host has ended: exit code 1");
        Of(Served with { Phase = AppHostPhase.Hung, Report = null }).Level.Should().Be(ReadinessLevel.Failed);
    }

    private static ReadinessReport Of(ObservedFunctionApp app) =>
        Readiness.Assess(RegisteredKinds.All, Given.Desired(Orders), Given.Device().WithApps(app), [], Given.Now).Single();
}
