using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Tests.Planning;

namespace EdgeOperator.Core.Tests.Kinds.EdgeModule;

public class ModuleCreationTests
{
    [Fact]
    public void A_module_without_a_container_gets_one_and_is_started()
    {
        var plan = Given.PlanFor(Given.Desired(Given.Module("web")), Given.Device([], "app:1"));

        plan.Summary().Should().Equal("create web", "start new web");
        plan.Steps[1].Requires.Should().Equal(plan.Steps[0].Id);
    }

    [Fact]
    public void A_container_that_is_as_desired_needs_nothing()
    {
        var module = Given.Module("web");

        Given.PlanFor(Given.Desired(module), Given.Device(Given.Container(module))).ShouldChangeNothing();
    }

    [Fact]
    public void A_module_that_is_to_be_stopped_is_created_but_not_started()
    {
        var module = Given.Module("web", with: spec => spec with { Power = ModulePower.Stopped });

        Given.PlanFor(Given.Desired(module), Given.Device([], "app:1")).Summary().Should().Equal("create web");
    }

    [Fact]
    public void A_missing_network_is_created_before_the_container()
    {
        var module = Given.Module("web", with: spec => spec with { Networks = ["front"] });

        var plan = Given.PlanFor(Given.Desired(module), Given.Device([], "app:1"));

        plan.Summary().Should().Equal("create network front", "create web", "start new web");
        plan.Steps[1].Requires.Should().Equal("create network front");
    }

    [Fact]
    public void What_several_modules_share_is_created_once()
    {
        var (a, b) = (Given.Module("a", with: Shared), Given.Module("b", with: Shared));

        var plan = Given.PlanFor(Given.Desired(a, b), Given.Device([], "app:1"));

        plan.Summary().Should().Equal("create network front", "create volume data", "create a", "start new a", "create b", "start new b");
        plan.Steps.OfType<CreateContainer>().Should().OnlyContain(create => create.Requires.SequenceEqual(new[] { "create network front", "create volume data" }));

        static EdgeModuleSpec Shared(EdgeModuleSpec spec) => spec with { Networks = ["front"], Volumes = ["data"] };
    }

    [Fact]
    public void A_network_that_vanished_is_created_again_before_its_container_is_started_again()
    {
        var module = Given.Module("web", with: spec => spec with { Networks = ["front"] });
        var device = Given.Device(Given.Container(module).Stopped());
        device = device with { Engine = device.Engine with { Networks = [] } };

        Given.PlanFor(Given.Desired(module), device).Summary().Should().Equal("create network front", "start web-1");
    }
}
