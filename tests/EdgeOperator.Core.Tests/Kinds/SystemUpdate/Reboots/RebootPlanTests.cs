using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.SystemUpdate;
using EdgeOperator.Core.Kinds.SystemUpdate.Packages;
using EdgeOperator.Core.Kinds.SystemUpdate.Reboots;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Schedules;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Tests.Planning;

namespace EdgeOperator.Core.Tests.Kinds.SystemUpdate.Reboots;

public sealed class RebootPlanTests
{
    private static readonly DateTimeOffset Now = Given.Now;
    private static readonly MaintenanceWindow Night = new() { Cron = "0 2 * * *", Duration = TimeSpan.FromHours(4) };
    private static readonly MaintenanceWindow Noon = new() { Cron = "0 11 * * *", Duration = TimeSpan.FromHours(4) };

    private static readonly ObservedUpdates Needed = new() { Boot = "b1", RebootReasons = ["libc6 1→2"] };

    private static readonly DeviceReboot Reboot = new() { Update = "base", Revision = "r1", Reasons = ["libc6 1→2"], Transaction = "t1", At = Now.AddMinutes(-5), Boot = "b1" };

    private static readonly PackageTransaction Applied = new()
    {
        Id = "t1",
        Update = "base",
        PackagesHash = "",
        ChangesHash = "",
        Changes = [new("libc6", "1", "2")],
        Phase = TransactionPhase.Applied,
        EndedAt = Now.AddMinutes(-10),
        Boot = "b1",
    };

    [Fact]
    public void A_reboot_that_is_needed_is_announced_first_and_only_where_that_is_asked_for()
    {
        Steps(Needed, RebootPolicy.IfRequired).Should().Equal("announce reboot SystemUpdate/base");
        Steps(Needed, RebootPolicy.Never).Should().BeEmpty();
        Steps(new(), RebootPolicy.IfRequired).Should().BeEmpty();
        Report(Needed, RebootPolicy.Never).Should().Match<ReadinessReport>(report => report.IsReady && report.Reason == "RebootRequired" && report.Message.Contains("libc6 1→2"));
        Report(Needed, RebootPolicy.IfRequired).Reason.Should().Be("RebootDue");
    }

    [Fact]
    public void Always_is_after_each_change_of_packages_in_this_boot()
    {
        Steps(new() { Boot = "b1", Transaction = Applied }, RebootPolicy.Always).Should().Equal("announce reboot SystemUpdate/base");
        Steps(new() { Boot = "b2", Transaction = Applied }, RebootPolicy.Always).Should().BeEmpty("it has been rebooted since");
        Steps(new() { Boot = "b1", Transaction = Applied with { Update = "other" } }, RebootPolicy.Always).Should().BeEmpty();
    }

    [Fact]
    public void It_waits_for_the_window_unless_somebody_asks_and_leaves_the_device_ready()
    {
        Plan(Needed, RebootPolicy.IfRequired, Night).Blocked.Should().ContainSingle().Which.Should().Match<BlockedResource>(block => block.Reason == BlockedReason.WaitingForWindow && block.Until == new DateTimeOffset(2026, 5, 5, 2, 0, 0, TimeSpan.Zero));
        Report(Needed, RebootPolicy.IfRequired, Night).Should().Match<ReadinessReport>(report => report.IsReady && report.Reason == "RebootWaiting");
        Steps(Needed with { Overrides = Needed.Overrides.Add("base", new(Now.AddMinutes(-1), "root")) }, RebootPolicy.IfRequired, Night).Should().Equal("announce reboot SystemUpdate/base");
    }

    [Fact]
    public void What_was_announced_is_brought_to_its_end_and_all_that_runs_stops_before_it_in_the_reverse_order_of_its_start()
    {
        var (db, web, api) = (Given.Module("db", with: spec => spec with { StopTimeout = TimeSpan.FromSeconds(3) }), Given.Module("web", dependsOn: "api"), Given.Module("api", dependsOn: "db"));
        var machine = Given.Machine("edge");
        var app = Given.App("orders", dependsOn: "EdgeModule/db");
        var device = Given.Device([Given.Container(db), Given.Container(web), Given.Container(api).Stopped()]).WithMachines(Given.Running(machine)).WithApps(Given.Served(app));

        var plan = Planner.Plan(RegisteredKinds.All, Desired(RebootPolicy.IfRequired, Night, db, web, api, machine, app), device.With(Needed with { Reboot = Reboot }), Inventory.Empty, Now);

        var ids = plan.Steps.Where(step => step is not Milestone).Select(step => step.Id).ToList();
        ids.Should().BeEquivalentTo("stop EdgeModule/web web-1", "stop EdgeModule/db db-1", "stop VirtualMachine/edge", "stop FunctionApp/orders", "reboot SystemUpdate/base");
        ids[^1].Should().Be("reboot SystemUpdate/base");
        var stopOfDb = plan.Steps.Single(step => step.Id == "stop EdgeModule/db db-1");
        stopOfDb.After.Should().BeEquivalentTo(["stop EdgeModule/web web-1", "stop FunctionApp/orders"], "what depends on it, over one that does not run, has stopped");
        plan.Steps[^1].After.Should().HaveCount(4, "however the stops end");
    }

    [Fact]
    public void What_is_started_later_stops_earlier()
    {
        var (first, second) = (Given.Module("first", with: spec => spec with { StartupOrder = 1 }), Given.Module("second", with: spec => spec with { StartupOrder = 2 }));

        var plan = Planner.Plan(RegisteredKinds.All, Desired(RebootPolicy.IfRequired, null, first, second), Given.Device([Given.Container(first), Given.Container(second)]).With(Needed with { Reboot = Reboot }), Inventory.Empty, Now);

        plan.Steps.Single(step => step.Id.StartsWith("stop EdgeModule/first")).After.Should().Equal("stop EdgeModule/second second-1");
    }

    [Fact]
    public void A_suspended_resource_is_left_to_the_system()
    {
        var web = Given.Module("web") with { Suspend = true };

        var plan = Planner.Plan(RegisteredKinds.All, Desired(RebootPolicy.IfRequired, null, web), Given.Device([Given.Container(web)]).With(Needed with { Reboot = Reboot }), Inventory.Empty, Now);

        plan.Steps.Select(step => step.Id).Should().Equal("reboot SystemUpdate/base");
    }

    [Fact]
    public void A_transaction_comes_to_its_end_first() =>
        Steps(Needed with { Reboot = Reboot, Transaction = Applied with { Phase = TransactionPhase.Checking } }, RebootPolicy.IfRequired).Should().Equal("update packages SystemUpdate/base");

    [Fact]
    public void Packages_that_can_be_changed_come_first_so_that_one_reboot_does_for_all()
    {
        var updates = Needed with { Packages = Needed.Packages.Add("base", new() { RefreshedAt = Now.AddDays(-2), RefreshedFor = UpdateGiven.App.PackagesHash }) };
        var (desired, observed) = (Desired(RebootPolicy.IfRequired, null), ObservedState.Nothing.With(updates));
        var failed = Inventory.Empty with { BackOff = Inventory.Empty.BackOff.Add(Base, new(desired.Resources[Base].SpecHash, 1, Now.AddMinutes(-1), "RefreshFailed", "503")) };

        Planner.Plan(RegisteredKinds.All, desired, observed, Inventory.Empty, Now).Steps.Select(step => step.Id).Should().Equal("refresh packages SystemUpdate/base");
        Planner.Plan(RegisteredKinds.All, desired, observed, failed, Now).Steps.Select(step => step.Id).Should().Equal(["announce reboot SystemUpdate/base"], "a repository that is gone is no reason to wait");
    }

    [Fact]
    public void After_the_boot_its_checks_and_all_else_have_to_be_well()
    {
        var web = Given.Module("web");
        var up = new ObservedUpdates { Boot = "b2", BootedAt = Now.AddMinutes(-1), Reboot = Reboot with { Phase = RebootPhase.Checking, Boots = 1, Boot = "b2" } };
        var passed = up with { Reboot = up.Reboot! with { HasPassedChecks = true } };
        var desired = Desired(RebootPolicy.IfRequired, Night, web);

        Text(up, stopped: false).Should().Contain("check boot SystemUpdate/base");
        Text(passed, stopped: true).Should().Contain("after the reboot it waits until all is well: EdgeModule/web is not ready").And.NotContain("end reboot");
        Text(passed, stopped: false).Should().Contain("end reboot SystemUpdate/base: the device is well after it");
        Readiness.Assess(RegisteredKinds.All, desired, Given.Device([Given.Container(web)]).With(up), [], Now).Single(report => report.Resource == Base).Level
            .Should().Be(ReadinessLevel.Unknown, "a revision's time does not count while the device boots");

        string Text(ObservedUpdates updates, bool stopped) => PlanText.Render(Planner.Plan(
            RegisteredKinds.All, desired, Given.Device([stopped ? Given.Container(web).Stopped() : Given.Container(web)]).With(updates), Inventory.Empty, Now));
    }

    [Theory]
    [InlineData(4, 1, false, null, "the device was started 4 times")]
    [InlineData(1, 11, true, null, "not all is well after 600 s: EdgeModule/web is not ready")]
    [InlineData(1, 1, false, "the check `x` failed", "the check `x` failed")]
    public void A_boot_that_is_not_good_is_taken_back(int boots, int minutes, bool passed, string? failure, string because)
    {
        var web = Given.Module("web");
        var updates = new ObservedUpdates
        {
            Boot = "b2",
            BootedAt = Now.AddMinutes(-minutes),
            Reboot = Reboot with { Phase = RebootPhase.Checking, Boots = boots, Boot = "b2", HasPassedChecks = passed, Failure = failure },
        };

        var plan = Planner.Plan(RegisteredKinds.All, Desired(RebootPolicy.IfRequired, null, web), Given.Device([Given.Container(web).Stopped()]).With(updates), Inventory.Empty, Now);

        plan.Steps.OfType<EndReboot>().Should().ContainSingle().Which.Failure.Should().StartWith(because);
    }

    [Fact]
    public void What_was_begun_ends_whatever_has_become_of_what_it_depends_on()
    {
        var web = Given.Module("web");
        var updates = new ObservedUpdates { Boot = "b2", BootedAt = Now.AddMinutes(-11), Reboot = Reboot with { Phase = RebootPhase.Checking, Boots = 1, Boot = "b2", HasPassedChecks = true } };
        var desired = Desired(RebootPolicy.IfRequired, null, web);
        var dependent = desired with { Resources = desired.Resources.SetItem(Base, desired.Resources[Base] with { DependsOn = [web.Id] }) };

        foreach (var inventory in (Inventory[])[Inventory.Empty, Given.Uncommitted])
            Planner.Plan(RegisteredKinds.All, dependent, new ObservedState { Engine = new() { Unavailable = "down" } }.With(updates), inventory, Now).Steps.Should().ContainSingle().Which.Should().BeOfType<EndReboot>();
    }

    [Fact]
    public void A_failed_reboot_fails_the_revision_that_asked_for_it_and_no_other()
    {
        var failed = new ObservedUpdates { Boot = "b2", Reboot = Reboot with { Phase = RebootPhase.Failed, Failure = "no luck", EndedAt = Now.AddMinutes(-1) } };

        Report(failed, RebootPolicy.IfRequired).Should().Match<ReadinessReport>(report => report.Level == ReadinessLevel.Failed && report.IsFinal && report.Message.EndsWith("no luck"));
        Report(failed with { Reboot = failed.Reboot! with { Revision = "r0" } }, RebootPolicy.IfRequired).IsReady.Should().BeTrue();
    }

    [Fact]
    public void The_way_back_waits_for_no_window()
    {
        var back = new ObservedUpdates
        {
            Boot = "b2",
            RebootReasons = ["libc6 1→2: taken back"],
            Transaction = Applied with { Phase = TransactionPhase.WentBack, Boot = "b2", EndedAt = Now.AddMinutes(-1) },
            Reboot = Reboot with { Phase = RebootPhase.Failed, Failure = "no luck", EndedAt = Now.AddMinutes(-2) },
        };

        Steps(back, RebootPolicy.IfRequired, Night).Should().Equal("announce reboot SystemUpdate/base");
        Steps(back with { Reboot = back.Reboot! with { Transaction = "t0" } }, RebootPolicy.IfRequired, Night).Should().BeEmpty();
    }

    [Fact]
    public void What_asks_for_reboots_again_and_again_gets_one_in_each_opening_of_the_window()
    {
        var again = Needed with { Reboot = Reboot with { Phase = RebootPhase.Good, Transaction = null } };
        var yesterday = again with { Reboot = again.Reboot! with { At = Now.AddHours(-25) } };

        Steps(again, RebootPolicy.IfRequired).Should().BeEmpty();
        Steps(again, RebootPolicy.IfRequired, Noon).Should().BeEmpty();
        Report(again, RebootPolicy.IfRequired, Noon).Should().Match<ReadinessReport>(report => report.IsReady && report.Message.Contains("has not settled it"));
        Steps(yesterday, RebootPolicy.IfRequired).Should().Equal("announce reboot SystemUpdate/base");
        Steps(yesterday, RebootPolicy.IfRequired, Noon).Should().Equal("announce reboot SystemUpdate/base");
        Steps(again with { Transaction = Applied with { EndedAt = Now.AddMinutes(-1) } }, RebootPolicy.IfRequired, Noon).Should().Equal("announce reboot SystemUpdate/base");

        // An operator's word is good for one.
        Steps(Asked(again, minutes: 1), RebootPolicy.IfRequired, Night).Should().Equal("announce reboot SystemUpdate/base");
        Steps(Asked(again, minutes: 10), RebootPolicy.IfRequired, Night).Should().BeEmpty();
    }

    [Fact]
    public void An_operators_word_holds_for_the_reboot_that_follows_the_packages_too()
    {
        var asked = Asked(Needed with { Transaction = Applied with { EndedAt = Now.AddMinutes(-1) } }, minutes: 2);

        Steps(asked, RebootPolicy.IfRequired, Night).Should().Equal("announce reboot SystemUpdate/base");
        Steps(asked with { Reboot = Reboot with { Phase = RebootPhase.Good, At = Now } }, RebootPolicy.IfRequired, Night).Should().BeEmpty();
        Steps(Asked(asked, minutes: 61), RebootPolicy.IfRequired, Night).Should().BeEmpty();
    }

    [Fact]
    public void Nobody_reboots_a_device_whose_agent_is_on_trial() =>
        Steps(Needed with { Agent = new() { Running = "0.2.0", Trial = new("0.1.0", "0.2.0", HasProven: false) } }, RebootPolicy.IfRequired).Should().BeEmpty();

    [Fact]
    public void A_reboot_that_nothing_desires_any_more_is_over()
    {
        var observed = ObservedState.Nothing.With(Needed with { Reboot = Reboot });

        Planner.Plan(RegisteredKinds.All, DesiredState.Empty, observed, Inventory.Empty, Now).Steps.Should().ContainSingle().Which.Should().BeOfType<EndReboot>().Which.Failure.Should().BeNull();
    }

    private static ResourceId Base => new(KindNames.SystemUpdate, "base");

    private static ObservedUpdates Asked(ObservedUpdates updates, int minutes) => updates with { Overrides = updates.Overrides.SetItem("base", new(Now.AddMinutes(-minutes), "root")) };

    private static IEnumerable<string> Steps(ObservedUpdates updates, RebootPolicy policy, MaintenanceWindow? window = null) => Plan(updates, policy, window).Steps.Select(step => step.Id);

    private static Plan Plan(ObservedUpdates updates, RebootPolicy policy, MaintenanceWindow? window = null) =>
        Planner.Plan(RegisteredKinds.All, Desired(policy, window), ObservedState.Nothing.With(updates.InSync()), Inventory.Empty, Now);

    private static ReadinessReport Report(ObservedUpdates updates, RebootPolicy policy, MaintenanceWindow? window = null)
    {
        var (desired, observed) = (Desired(policy, window), ObservedState.Nothing.With(updates.InSync()));
        return Readiness.Assess(RegisteredKinds.All, desired, observed, Planner.Plan(RegisteredKinds.All, desired, observed, Inventory.Empty, Now).Blocked, Now).Single();
    }

    private static DesiredState Desired(RebootPolicy policy, MaintenanceWindow? window, params Resource[] others) => Given.Desired(
    [
        new SystemUpdateResource { Id = Base, Origin = new("a.yaml", 1, 1), Update = UpdateGiven.App with { Window = window, Reboot = new(policy, TimeSpan.FromMinutes(10)) } },
        .. others,
    ]);
}

internal static class UpdateGiven
{
    public static SystemUpdateSpec App { get; } = new() { Packages = [new("app", "latest", PackagePresence.Present)] };

    /// <summary>With packages as they are desired.</summary>
    public static ObservedUpdates InSync(this ObservedUpdates updates) => updates with
    {
        Packages = updates.Packages.Add("base", new() { RefreshedAt = Given.Now, RefreshedFor = App.PackagesHash, AppliedHash = App.PackagesHash }),
    };
}
