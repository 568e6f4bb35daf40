using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Tests.Planning;

namespace EdgeOperator.Core.Tests.Kinds.FunctionApp;

public class AppPlanTests
{
    private static readonly FunctionAppResource Orders = Given.App("orders");
    private static readonly ObservedFunctionApp Served = Given.Served(Orders);

    [Fact]
    public void An_app_that_is_served_as_desired_needs_nothing() => Plan(Served).ShouldChangeNothing();

    [Fact]
    public void An_app_that_is_being_loaded_needs_nothing_but_time() =>
        Plan(Served with { Phase = AppHostPhase.Starting, Report = null }).ShouldChangeNothing();

    [Fact]
    public void A_new_app_is_installed_before_it_is_served()
    {
        var plan = Given.PlanFor(Given.Desired(Orders), Given.Device());

        plan.Summary().Should().Equal($"install {Orders.Id} {Orders.App.Package.Hash}", $"serve {Orders.Id} {Orders.SpecHash}");
        plan.Steps[1].Requires.Should().Equal(plan.Steps[0].Id);
    }

    [Fact]
    public void Nothing_changes_before_a_new_package_is_installed()
    {
        var web = Given.Module("web");
        var plan = Given.PlanFor(Given.Desired(Orders, web), Given.Device([], "app:1"), Given.Uncommitted);

        plan.IsFetched.Should().BeFalse();
        plan.Steps.Single(step => step is CreateContainer).Requires.Should().Contain(plan.Steps.Single(step => step is Milestone).Id);
    }

    [Fact]
    public void Settings_that_change_need_no_other_package() =>
        Given.PlanFor(Given.Desired(Given.App("orders", with: spec => spec with { Instances = 2 })), With(Served)).Summary()
            .Should().ContainSingle().Which.Should().StartWith("serve");

    [Fact]
    public void A_host_that_ended_is_started_again_and_that_counts_as_a_repair()
    {
        var serve = Plan(Served with { Phase = AppHostPhase.Stopped, Report = null, ExitReason = "exit code 1" }).Steps.Should().ContainSingle().Subject;

        serve.Should().BeOfType<ServeApp>().Which.Repair.Should().BeTrue();
        serve.Reason.Should().Be("its host does not run: exit code 1");
    }

    [Fact]
    public void A_host_that_hangs_is_stopped_first() =>
        Plan(Served with { Phase = AppHostPhase.Hung, Report = null }).Summary()
            .Should().Equal($"stop {Orders.Id}", $"serve {Orders.Id} {Orders.SpecHash}");

    [Fact]
    public void A_generation_that_could_not_be_loaded_is_left_to_its_host_which_tries_again() =>
        Plan(Served with { Report = Served.Report! with { Serving = "old", Failure = "no such file" } }).ShouldChangeNothing();

    [Fact]
    public void A_host_that_was_started_again_lately_is_left_in_peace_for_a_while()
    {
        var later = Given.Now.AddSeconds(10);
        var held = Given.PlanFor(Given.Desired(Orders), With(Served with { Phase = AppHostPhase.Stopped, Report = null }), Inventory.Empty with
        {
            BackOff = Inventory.Empty.BackOff.Add(Orders.Id, new(Orders.SpecHash, 1, later, "Restarted", "its host does not run")),
        });

        held.Steps.Should().BeEmpty();
        held.Blocked.Should().ContainSingle().Which.Until.Should().Be(later);
    }

    [Fact]
    public void Going_back_asks_for_the_old_generation_though_it_is_still_the_one_that_serves()
    {
        var found = Served with { Requested = "new", Report = Served.Report! with { Wanted = "new", Failure = "no such file" } };

        Plan(found).Summary().Should().Equal($"serve {Orders.Id} {Orders.SpecHash}");
    }

    [Fact]
    public void A_suspended_app_is_left_as_it_is() =>
        Given.PlanFor(Given.Desired(Orders with { Suspend = true }), Given.Device()).Steps.Should().BeEmpty();

    [Fact]
    public void An_app_waits_for_what_it_depends_on()
    {
        var plan = Given.PlanFor(Given.Desired(Given.Module("store"), Given.App("orders", dependsOn: "store")), Given.Device([], "app:1"));

        plan.Steps.Single(step => step is ServeApp).Requires.Should().Contain("await EdgeModule/store");
    }

    [Fact]
    public void An_app_that_is_gone_stops_at_once_and_its_packages_go_when_committed()
    {
        Given.PlanFor(Given.Desired(), With(Served), Given.Uncommitted).Summary().Should().Equal($"stop {Orders.Id}");
        Given.PlanFor(Given.Desired(), With(Served)).Summary().Should().Equal($"stop {Orders.Id}", $"remove {Orders.Id} {Orders.App.Package.Hash}");
    }

    [Fact]
    public void An_app_that_is_protected_stays() =>
        Given.PlanFor(Given.Desired(), With(Served), Inventory.Empty with { Retained = [Orders.Id] }).ShouldChangeNothing();

    [Fact]
    public void The_package_before_this_one_is_kept_and_older_ones_go_once_committed()
    {
        var found = Served with { Packages = [Orders.App.Package.Hash, "previous", "older", "oldest"] };

        Plan(found).Summary().Should().Equal($"remove {Orders.Id} older", $"remove {Orders.Id} oldest");
        Given.PlanFor(Given.Desired(Orders), With(found), Given.Uncommitted).ShouldChangeNothing();
    }

    private static Plan Plan(ObservedFunctionApp found) => Given.PlanFor(Given.Desired(Orders), With(found));

    private static ObservedState With(ObservedFunctionApp app) => Given.Device().WithApps(app);
}
