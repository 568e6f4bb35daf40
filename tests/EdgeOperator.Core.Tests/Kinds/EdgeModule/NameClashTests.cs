using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Tests.Planning;

namespace EdgeOperator.Core.Tests.Kinds.EdgeModule;

public class NameClashTests
{
    [Fact]
    public void A_container_of_somebody_else_with_the_modules_name_is_a_problem_and_is_not_touched()
    {
        var plan = Given.PlanFor(Given.Desired(Given.Module("web")), Given.Device([Given.Foreign("web")], "app:1"));

        plan.Steps.Should().BeEmpty();
        var held = plan.Blocked.Should().ContainSingle().Subject;
        held.Should().Match<BlockedResource>(h => h.Resource == Given.ModuleId("web") && h.Reason == BlockedReason.NameClash && h.IsProblem);
        held.Message.Should().Contain("foreign-").And.Contain("theirs:1").And.Contain("was not made by the agent").And.Contain("web.yaml:1:1");
    }

    [Fact]
    public void The_modules_own_container_runs_on_while_the_clash_lasts()
    {
        var old = Given.Container(Given.Module("web", "app:1")) with { Name = "web-renamed-by-hand" };

        var plan = Given.PlanFor(Given.Desired(Given.Module("web", "app:2")), Given.Device([old, Given.Foreign("web")], "app:2"));

        plan.Steps.Should().BeEmpty();
        plan.Blocked.Should().ContainSingle().Which.Word.Should().Be("NameClash");
    }

    [Fact]
    public void A_clash_with_the_name_that_an_update_needs_meanwhile_counts_too()
    {
        var (old, module) = (Given.Module("web", "app:1"), Given.Module("web", "app:2"));
        var device = Given.Device([Given.Container(old), Given.Foreign($"web.next-{module.SpecHash[..8]}")], "app:2");

        Given.PlanFor(Given.Desired(module), device).Blocked.Should().ContainSingle().Which.Word.Should().Be("NameClash");
    }

    [Fact]
    public void An_old_container_is_put_aside_under_another_name_when_the_usual_one_is_taken()
    {
        var (old, module) = (Given.Module("web", "app:1"), Given.Module("web", "app:2"));
        var aside = $"web.prev-{old.SpecHash[..8]}";

        var plan = Given.PlanFor(Given.Desired(module), Given.Device([Given.Container(old), Given.Foreign(aside)], "app:2"));

        plan.Steps.OfType<RenameContainer>().First().Name.Should().Be($"{aside}-web-1");
    }

    [Fact]
    public void The_container_of_another_resource_is_named_with_its_owner()
    {
        var stray = Given.Container(Given.Module("api")) with { Name = "web" };

        var plan = Given.PlanFor(Given.Desired(Given.Module("api"), Given.Module("web")), Given.Device(stray));

        plan.Summary().Should().Equal("rename api-1 to api");
        plan.Blocked.Should().ContainSingle().Which.Message.Should().Contain("belongs to EdgeModule/api");
    }

    [Fact]
    public void A_module_that_runs_under_its_name_has_no_clash()
    {
        var module = Given.Module("web");

        Given.PlanFor(Given.Desired(module), Given.Device(Given.Container(module), Given.Foreign("other"))).ShouldChangeNothing();
    }
}
