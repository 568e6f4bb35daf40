using System.Collections.Immutable;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.SystemUpdate;
using EdgeOperator.Core.Kinds.SystemUpdate.Packages;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Schedules;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Tests.Kinds.SystemUpdate;

public sealed class PackagesPlannerTests
{
    private static readonly DateTimeOffset Now = new(2026, 12, 4, 12, 0, 0, TimeSpan.Zero);
    private static readonly MaintenanceWindow Saturdays = new() { Cron = "0 2 * * 6", Duration = TimeSpan.FromHours(4) };
    private static readonly ResourceId Base = new(KindNames.SystemUpdate, "base");

    private static readonly SystemUpdateSpec App = new() { Packages = [new("app", "latest", PackagePresence.Present)] };

    private static readonly ObservedPackages Outdated = new()
    {
        RefreshedAt = Now.AddHours(-1),
        RefreshedFor = App.PackagesHash,
        Request = ["app=2.0"],
        Changes = [new("app", "1.0", "2.0")],
        ToFetch = 3_200_000,
        Growth = 12_000_000,
        NeedReboot = ["libc6"],
    };

    [Fact]
    public void Without_a_window_packages_are_fetched_and_changed_at_once() => Text(Outdated).Should().Be("""
        = download packages SystemUpdate/base: app 1.0→2.0; 3.2 MB to fetch; 12 MB more on the disk; needs a reboot (libc6)
        ~ update packages SystemUpdate/base: app 1.0→2.0; 3.2 MB to fetch; 12 MB more on the disk; needs a reboot (libc6)

        """);

    [Fact]
    public void Outside_of_the_window_packages_are_fetched_alone() =>
        Text(Outdated, Saturdays).Should().StartWith("= download packages SystemUpdate/base: app 1.0→2.0").And.NotContain("update packages");

    [Fact]
    public void What_is_fetched_waits_for_the_window() => Text(Outdated with { ToFetch = 0, Growth = 0, NeedReboot = [] }, Saturdays).Should()
        .Be("! SystemUpdate/base is blocked (WaitingForWindow): app 1.0→2.0: the window opens Sat 2026-12-05 02:00 +00:00 (until 2026-12-05 02:00:00 UTC)\n");

    [Fact]
    public void The_wall_clock_decides_whether_the_window_is_open()
    {
        var closed = Plan(Outdated with { ToFetch = 0 }, Saturdays, new ObservedUpdates());
        var open = Plan(Outdated with { ToFetch = 0 }, Saturdays, new ObservedUpdates { ClockOffset = TimeSpan.FromHours(15) });

        closed.Steps.Should().BeEmpty();
        open.Steps.Should().ContainSingle().Which.Should().BeOfType<ApplyPackages>();
    }

    [Fact]
    public void Lists_that_are_too_old_are_fetched_first() =>
        Text(Outdated with { RefreshedAt = Now.AddDays(-2) }).Should().Be("= refresh packages SystemUpdate/base: package lists are out of date\n");

    [Fact]
    public void A_manifest_that_asks_for_something_else_has_lists_fetched_first() =>
        Text(Outdated with { RefreshedFor = "other", Problem = "Version '2.0' for 'app' was not found" }).Should().Be("= refresh packages SystemUpdate/base: what repositories have now is not known\n");

    [Fact]
    public void A_transaction_that_was_cut_short_goes_on_whatever_the_time_is()
    {
        var observed = new ObservedUpdates { Transaction = Transaction(TransactionPhase.Applying) };

        Plan(Outdated, Saturdays, observed).Steps.Should().ContainSingle().Which.Should().BeOfType<ApplyPackages>().Which.Reason.Should().Contain("cut short");
    }

    [Fact]
    public void It_goes_on_even_when_its_manifest_is_gone()
    {
        var observed = ObservedState.Nothing.With(new ObservedUpdates { Transaction = Transaction(TransactionPhase.GoingBack) });

        Planner.Plan(RegisteredKinds.All, DesiredState.Empty, observed, Inventory.Empty, Now).Steps.Should().ContainSingle().Which.Should().BeOfType<ApplyPackages>();
    }

    [Fact]
    public void What_has_failed_is_left_alone_until_it_would_be_something_else_or_somebody_asks()
    {
        var failed = new ObservedUpdates { Transaction = Transaction(TransactionPhase.WentBack) with { EndedAt = Now.AddHours(-1), Message = "no luck" } };
        var asked = failed with { Overrides = failed.Overrides.Add("base", new(Now.AddMinutes(-1), "root")) };

        Plan(Outdated, null, failed).Blocked.Should().ContainSingle().Which.Reason.Should().Be(BlockedReason.UpdateFailed);
        Plan(Outdated with { Changes = [new("app", "1.0", "2.1")], ToFetch = 0 }, null, failed).Steps.Should().ContainSingle().Which.Should().BeOfType<ApplyPackages>();
        Plan(Outdated with { RefreshedAt = Now, ToFetch = 0 }, Saturdays, asked).Steps.Should().ContainSingle().Which.Should().BeOfType<ApplyPackages>().Which.Override.Should().Be("root asked for it");
    }

    [Fact]
    public void What_has_failed_ends_the_attempt_at_its_revision_at_once_and_another_revision_may_try_it_once()
    {
        var failed = new ObservedUpdates { Transaction = Transaction(TransactionPhase.WentBack) with { EndedAt = Now.AddHours(-1), Message = "no luck" } };
        var (desired, observed) = Device(Outdated with { ToFetch = 0 }, null, failed);
        var reports = Assess(desired, observed);

        reports.Should().ContainSingle().Which.IsFinal.Should().BeTrue();
        AttemptFailures.Final(reports)!.Message.Should().StartWith("SystemUpdate/base: no luck");
        Assess(desired with { Revision = "r2" }, observed).Should().ContainSingle().Which.IsFinal.Should().BeFalse();
        AttemptFailures.Final(Assess(desired with { Revision = "r2" }, observed)).Should().BeNull();
    }

    [Fact]
    public void An_override_asks_for_fresh_lists_and_is_over_after_an_hour()
    {
        var asked = new ObservedUpdates { Overrides = new ObservedUpdates().Overrides.Add("base", new(Now.AddMinutes(-5), "root")) };
        var old = new ObservedUpdates { Overrides = new ObservedUpdates().Overrides.Add("base", new(Now.AddMinutes(-61), "root")) };

        Plan(Outdated, Saturdays, asked).Steps.Should().ContainSingle().Which.Should().BeOfType<RefreshPackages>();
        Plan(Outdated with { ToFetch = 0 }, Saturdays, old).Steps.Should().BeEmpty();
    }

    [Fact]
    public void Another_update_under_way_is_waited_for()
    {
        var observed = new ObservedUpdates { Transaction = Transaction(TransactionPhase.Applying) with { Update = "other" } };

        Plan(Outdated, null, observed).Blocked.Should().ContainSingle().Which.Reason.Should().Be(BlockedReason.WaitingForUpdate);
    }

    [Fact]
    public void A_full_disk_is_a_problem_before_anything_begins() =>
        Plan(Outdated with { LacksSpace = "it takes 5 MiB" }, null, new()).Blocked.Should().ContainSingle().Which.Reason.Should().Be(BlockedReason.DiskTooFull);

    [Fact]
    public void What_waits_for_its_window_is_neither_for_nor_against_a_revision()
    {
        var (desired, observed) = Device(Outdated with { ToFetch = 0 }, Saturdays, new());
        var plan = Planner.Plan(RegisteredKinds.All, desired, observed, Inventory.Empty, Now);

        Readiness.Assess(RegisteredKinds.All, desired, observed, plan.Blocked, Now).Should().ContainSingle().Which.Level.Should().Be(ReadinessLevel.Suspended);
    }

    private static ImmutableArray<ReadinessReport> Assess(DesiredState desired, ObservedState observed) =>
        Readiness.Assess(RegisteredKinds.All, desired, observed, Planner.Plan(RegisteredKinds.All, desired, observed, Inventory.Empty, Now).Blocked, Now);

    private static PackageTransaction Transaction(TransactionPhase phase) => new() { Id = "1", Update = "base", PackagesHash = "", ChangesHash = Outdated.ChangesHash, Revisions = ["r1"], Phase = phase };

    private static string Text(ObservedPackages packages, MaintenanceWindow? window = null) => PlanText.Render(Plan(packages, window, new()));

    private static Plan Plan(ObservedPackages packages, MaintenanceWindow? window, ObservedUpdates updates)
    {
        var (desired, observed) = Device(packages, window, updates);
        return Planner.Plan(RegisteredKinds.All, desired, observed, Inventory.Empty, Now);
    }

    private static (DesiredState, ObservedState) Device(ObservedPackages packages, MaintenanceWindow? window, ObservedUpdates updates)
    {
        var resource = new SystemUpdateResource { Id = Base, Origin = new("a.yaml", 1, 1), Update = App with { Window = window } };
        return (new("r1", ImmutableSortedDictionary<ResourceId, Resource>.Empty.Add(Base, resource)),
            ObservedState.Nothing.With(updates with { Packages = updates.Packages.Add("base", packages) }));
    }
}
