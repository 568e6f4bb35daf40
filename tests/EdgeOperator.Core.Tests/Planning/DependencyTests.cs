using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Core.Tests.Planning;

public class DependencyTests
{
    [Fact]
    public void A_module_waits_until_what_it_depends_on_is_ready()
    {
        var plan = Given.PlanFor(Given.Desired(Given.Module("api", dependsOn: "db"), Given.Module("db")), Given.Device([], "app:1"));

        plan.Summary().Should().Equal("create db", "start new db", "await EdgeModule/db", "create api", "start new api");
        plan.Steps[2].Requires.Should().Equal(plan.Steps[1].Id);
        plan.Steps[3].Requires.Should().Equal("await EdgeModule/db");
    }

    [Fact]
    public void What_several_wait_for_is_awaited_once()
    {
        var plan = Given.PlanFor(
            Given.Desired(Given.Module("a", dependsOn: "db"), Given.Module("b", dependsOn: "db"), Given.Module("db")), Given.Device([], "app:1"));

        plan.Steps.OfType<AwaitReady>().Should().ContainSingle();
        plan.Steps.Count(step => step.Requires.Contains("await EdgeModule/db")).Should().Be(2);
    }

    [Fact]
    public void A_dependency_that_is_ready_and_stays_so_is_not_awaited()
    {
        var db = Given.Module("db");

        Given.PlanFor(Given.Desired(Given.Module("api", dependsOn: "db"), db), Given.Device(Given.Container(db))).Summary()
            .Should().Equal("create api", "start new api");
    }

    [Fact]
    public void A_dependency_that_is_not_ready_is_awaited_although_nothing_is_done_to_it()
    {
        var db = Given.Module("db");
        var device = Given.Device(Given.Container(db) with { Health = ContainerHealth.Starting });

        var plan = Given.PlanFor(Given.Desired(Given.Module("api", dependsOn: "db"), db), device);

        plan.Summary().Should().Equal("await EdgeModule/db", "create api", "start new api");
        plan.Steps[0].Requires.Should().BeEmpty();
    }

    [Fact]
    public void A_dependant_to_which_nothing_happens_is_not_disturbed_by_its_dependency()
    {
        var api = Given.Module("api", "app:1", null, "db");
        var device = Given.Device([Given.Container(api), Given.Container(Given.Module("db", "app:1"))], "app:2");

        Given.PlanFor(Given.Desired(api, Given.Module("db", "app:2")), device).Steps.Should().OnlyContain(step => step.Resource == Given.ModuleId("db"));
    }

    [Fact]
    public void Nothing_waits_for_leftovers_to_be_cleared_away()
    {
        var (old, db) = (Given.Module("db", "app:1"), Given.Module("db", "app:2"));
        var device = Given.Device([Given.Container(db), Given.Container(old, "0").Stopped() with { Name = "db.prev" }], "app:1");

        var plan = Given.PlanFor(Given.Desired(Given.Module("api", dependsOn: "db"), db), device);

        plan.Summary().Should().BeEquivalentTo("remove db-0", "create api", "start new api");
    }

    [Fact]
    public void A_module_may_depend_on_a_file_which_is_ready_once_it_is_written()
    {
        var plan = Given.PlanFor(Given.Desired(Given.Module("web", dependsOn: "ConfigFile/conf"), Given.File("conf")), Given.Device([], "app:1"));

        plan.Summary().Should().Equal("write /etc/conf", "create web", "start new web");
        plan.Steps[1].Requires.Should().Equal("write /etc/conf");
    }

    [Fact]
    public void A_file_may_depend_on_a_module()
    {
        var plan = Given.PlanFor(Given.Desired(Given.Module("web"), Given.File("conf", dependsOn: "web")), Given.Device([], "app:1"));

        plan.Summary().Should().Equal("create web", "start new web", "await EdgeModule/web", "write /etc/conf");
    }

    [Fact]
    public void A_missing_dependency_is_a_problem_that_names_it()
    {
        var plan = Given.PlanFor(Given.Desired(Given.Module("api", dependsOn: "db"), Given.Module("web")), Given.Device([], "app:1"));

        plan.Steps.Should().OnlyContain(step => step.Resource == Given.ModuleId("web"));
        plan.Blocked.Should().ContainSingle().Which.Should().BeEquivalentTo(new
        {
            Resource = Given.ModuleId("api"),
            Reason = BlockedReason.DependencyNotFound,
            Message = "depends on EdgeModule/db, which is not desired on this device; add it or correct dependsOn (api.yaml:1:1)",
            IsProblem = true,
        });
    }

    [Fact]
    public void A_problem_holds_everything_that_depends_on_it()
    {
        var plan = Given.PlanFor(
            Given.Desired(Given.Module("a", dependsOn: "b"), Given.Module("b", dependsOn: "c"), Given.Module("c")),
            Given.Device([Given.Foreign("c")], "app:1"));

        plan.Steps.Should().BeEmpty();
        plan.Blocked.Select(held => $"{held.Resource} {held.Reason} {held.IsProblem}").Should().Equal(
            "EdgeModule/a DependencyBlocked True", "EdgeModule/b DependencyBlocked True", "EdgeModule/c NameClash True");
        plan.Blocked[0].Message.Should().Be("it depends on EdgeModule/b, which is blocked (DependencyBlocked)");
    }
}
