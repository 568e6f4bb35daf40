using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Tests.Planning;

namespace EdgeOperator.Core.Tests.Kinds.EdgeModule;

public class ModuleUpdateTests
{
    private static readonly EdgeModuleResource Old = Given.Module("web", "app:1");
    private static readonly EdgeModuleResource New = Given.Module("web", "app:2");
    private static readonly string Aside = $"web.prev-{Old.SpecHash[..8]}";
    private static readonly string Beside = $"web.next-{New.SpecHash[..8]}";

    [Fact]
    public void The_new_container_is_created_before_the_old_one_stops()
    {
        var plan = Update(New, Inventory.Empty with { Committed = false });

        plan.Summary().Should().Equal(
            $"create {Beside}",
            "stop web-1",
            $"rename web-1 to {Aside}",
            "rename new web to web",
            "start new web");
        plan.Steps.Zip(plan.Steps.Skip(1)).Should().OnlyContain(pair => pair.Second.Requires.SequenceEqual(new[] { pair.First.Id }));
        plan.Steps[0].Reason.Should().Be("the image changes from app:1 to app:2");
    }

    [Fact]
    public void The_old_container_is_removed_only_when_the_revision_is_committed()
    {
        Update(New, Inventory.Empty).Summary().Should().EndWith(["start new web", "remove web-1"]);
    }

    [Fact]
    public void A_kept_container_goes_when_the_revision_is_committed()
    {
        var device = Given.Device(Given.Container(New, "2"), Given.Container(Old).Stopped() with { Name = Aside });

        Given.PlanFor(Given.Desired(New), device, Given.Uncommitted).ShouldChangeNothing();
        Given.PlanFor(Given.Desired(New), device).Summary().Should().Equal("remove web-1");
    }

    [Fact]
    public void Going_back_starts_the_kept_container_again()
    {
        var device = Given.Device([Given.Container(New, "2"), Given.Container(Old).Stopped() with { Name = Aside }]);

        var plan = Given.PlanFor(Given.Desired(Old), device);

        plan.Summary().Should().Equal(
            "stop web-2",
            $"rename web-2 to web.prev-{New.SpecHash[..8]}",
            "rename web-1 to web",
            "start web-1",
            "remove web-2");
    }

    [Fact]
    public void Of_a_failed_third_revision_nothing_is_kept_but_the_last_good_container_is()
    {
        var third = Given.Module("web", "app:3");
        var device = Given.Device(
            [Given.Container(New, "2"), Given.Container(Old).Stopped() with { Name = Aside }], "app:3");
        var inventory = Given.Uncommitted with { Fetched = ["app:3"], LastGood = Inventory.Empty.LastGood.Add(Old.Id, Old.SpecHash) };

        var plan = Given.PlanFor(Given.Desired(third), device, inventory);

        plan.Summary().Should().EndWith(["start new web", "remove web-2"]);
        plan.Summary().Should().NotContain("remove web-1");
    }

    [Fact]
    public void Nothing_is_kept_for_a_roll_back_when_the_last_good_spec_is_desired_again()
    {
        var device = Given.Device(Given.Container(Old), Given.Container(New, "2").Stopped() with { Name = Beside });
        var inventory = Given.Uncommitted with { LastGood = Inventory.Empty.LastGood.Add(Old.Id, Old.SpecHash) };

        Given.PlanFor(Given.Desired(Old), device, inventory).Summary().Should().Equal("remove web-2");
    }

    [Fact]
    public void Start_first_stops_the_old_container_only_when_the_new_one_is_ready()
    {
        var module = New with { Container = New.Container with { UpdateStrategy = UpdateStrategy.StartFirst } };

        var plan = Update(module, Given.Uncommitted);

        plan.Summary().Should().Equal(
            $"create {Beside}",
            "start new web",
            "await EdgeModule/web new",
            "stop web-1",
            $"rename web-1 to {Aside}",
            "rename new web to web");
        plan.Steps.OfType<AwaitReady>().Single().Replacement.Should().BeTrue();
    }

    [Fact]
    public void Start_first_has_nothing_to_wait_for_when_the_old_container_does_not_run()
    {
        var module = New with { Container = New.Container with { UpdateStrategy = UpdateStrategy.StartFirst } };
        var device = Given.Device([Given.Container(Old).Stopped()], "app:2");

        var plan = Given.PlanFor(Given.Desired(module), device, Given.Uncommitted with { Fetched = ["app:2"] });

        plan.Summary().Should().Equal($"create {Beside}", $"rename web-1 to {Aside.Replace(".prev-", ".done-")}", "rename new web to web", "start new web");
    }

    [Fact]
    public void A_container_that_runs_on_with_the_same_spec_is_left_alone_whatever_else_changes()
    {
        var module = Old with { Container = Old.Container with { StartupOrder = 3, UpdateStrategy = UpdateStrategy.StartFirst } };

        Given.PlanFor(Given.Desired(module), Given.Device(Given.Container(Old)), Given.Uncommitted).ShouldChangeNothing();
    }

    [Fact]
    public void A_running_module_that_is_to_be_stopped_is_stopped_in_its_own_time()
    {
        var module = Old with { Container = Old.Container with { Power = ModulePower.Stopped, StopTimeout = TimeSpan.FromSeconds(30) } };

        var plan = Given.PlanFor(Given.Desired(module), Given.Device(Given.Container(Old)));

        plan.Steps.Should().ContainSingle().Which.Should().BeOfType<StopContainer>().Which.Timeout.Should().Be(TimeSpan.FromSeconds(30));
    }

    private static Plan Update(EdgeModuleResource module, Inventory inventory) =>
        Given.PlanFor(Given.Desired(module), Given.Device([Given.Container(Old)], "app:2"), inventory with { Fetched = ["app:2"] });
}
