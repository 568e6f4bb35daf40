using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Tests.Planning;

public class StartupOrderTests
{
    [Fact]
    public void Starts_are_tried_in_ascending_order_and_a_failed_one_does_not_hold_the_next()
    {
        var plan = Plan(Module("a", 2), Module("b", 1));

        plan.Summary().Should().Equal("create b", "start new b", "create a", "start new a");
        plan.Steps[3].After.Should().Equal(plan.Steps[1].Id);
        plan.Steps[3].Requires.Should().Equal(plan.Steps[2].Id);
    }

    [Fact]
    public void Modules_of_equal_order_start_together()
    {
        var plan = Plan(Module("a", 1), Module("b", 1));

        plan.Steps.OfType<StartContainer>().Should().OnlyContain(start => start.After.IsEmpty);
    }

    [Fact]
    public void Containers_are_created_without_waiting_for_their_turn() =>
        Plan(Module("a", 2), Module("b", 1)).Steps.OfType<CreateContainer>().Should().OnlyContain(create => create.After.IsEmpty);

    [Fact]
    public void An_old_container_runs_until_it_is_its_modules_turn()
    {
        var device = Given.Device([Given.Container(Given.Module("a", "old:1"))], "app:1");

        var plan = Given.PlanFor(Given.Desired(Module("a", 2), Module("b", 1)), device);

        plan.Steps.OfType<StopContainer>().Single().After.Should().Equal(plan.Steps.OfType<StartContainer>().First().Id);
    }

    [Fact]
    public void Groups_meet_in_a_milestone_so_that_edges_stay_few()
    {
        var modules = Enumerable.Range(0, 300).Select(i => Module($"m{i:000}", (uint)(i % 3))).ToArray<Resource>();

        var plan = Plan(modules);

        plan.Steps.OfType<Milestone>().Select(milestone => milestone.Id).Should().Equal("milestone order 0", "milestone order 1");
        plan.Steps.Sum(step => step.Requires.Length + step.After.Length).Should().BeLessThan(3 * plan.Steps.Length);
    }

    [Fact]
    public void A_dependency_starts_before_its_dependant_whatever_the_orders_say()
    {
        var plan = Plan(Module("a", 1, "b"), Module("b", 9), Module("c", 5));

        plan.Summary().Should().Equal(
            "create b", "start new b", "await EdgeModule/b", "create a", "start new a", "create c", "start new c");
    }

    [Fact]
    public void A_start_that_waits_for_a_dependency_keeps_its_turn_in_a_revision_but_not_when_healing()
    {
        var slow = Given.Module("slow");
        var desired = Given.Desired(slow, Module("waiting", 1, "slow"), Module("next", 2));
        var device = Given.Device([Given.Container(slow) with { Health = ContainerHealth.Starting }], "app:1");

        StartOfNext(Given.Uncommitted with { Fetched = ["app:1"] }).After.Should().Equal("start EdgeModule/waiting new");
        StartOfNext(Inventory.Empty).After.Should().BeEmpty();

        StartContainer StartOfNext(Inventory inventory) =>
            Given.PlanFor(desired, device, inventory).Steps.OfType<StartContainer>().Single(start => start.Resource.Name == "next");
    }

    [Fact]
    public void Modules_that_are_to_be_stopped_take_no_turn()
    {
        var stopped = Given.Module("a", with: spec => spec with { StartupOrder = 0, Power = ModulePower.Stopped });

        Plan(stopped, Module("b", 1)).Steps.Should().OnlyContain(step => step.After.IsEmpty);
    }

    private static EdgeModuleResource Module(string name, uint order, params string[] dependsOn) =>
        Given.Module(name, with: spec => spec with { StartupOrder = order }, dependsOn: dependsOn);

    private static Plan Plan(params Resource[] resources) => Given.PlanFor(Given.Desired(resources), Given.Device([], "app:1"));
}
