using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Tests.Planning;

namespace EdgeOperator.Core.Tests.Kinds.ConfigFile;

public class FileActionTests
{
    private static readonly ConfigFileResource Unit = Given.File("unit", onChange: new FileAction.ReloadUnit("app.service"));
    private static readonly ConfigFileResource Conf = Given.File("conf", onChange: new FileAction.RestartModule("web"));
    private static readonly EdgeModuleResource Web = Given.Module("web");

    [Fact]
    public void The_action_follows_the_write()
    {
        var plan = Given.PlanFor(Given.Desired(Unit), Given.Device());

        plan.Summary().Should().Equal("write /etc/unit", "after /etc/unit: reload unit app.service");
        plan.Steps[1].Requires.Should().Equal("write /etc/unit");
    }

    [Fact]
    public void An_action_that_did_not_succeed_is_tried_again_without_another_write() =>
        Given.PlanFor(Given.Desired(Unit), Given.Device().WithFiles(Given.Written(Unit) with { ActionPending = true })).Summary()
            .Should().Equal("after /etc/unit: reload unit app.service");

    [Fact]
    public void Dependants_wait_for_the_action() =>
        Given.PlanFor(Given.Desired(Unit, Given.Module("web", dependsOn: "ConfigFile/unit")), Given.Device([], "app:1"))
            .Steps.OfType<CreateContainer>().Single().Requires.Should().Equal("after /etc/unit: reload unit app.service");

    [Fact]
    public void A_module_that_runs_on_is_restarted_after_the_write()
    {
        var plan = Given.PlanFor(Given.Desired(Conf, Web), Given.Device(Given.Container(Web)));

        plan.Summary().Should().Equal("write /etc/conf", "after /etc/conf: restart EdgeModule/web");
        plan.Steps[1].Requires.Should().Equal("write /etc/conf");
    }

    [Fact]
    public void A_module_that_starts_in_the_same_plan_starts_after_the_write_and_is_not_restarted()
    {
        var plan = Given.PlanFor(Given.Desired(Conf, Web), Given.Device([], "app:1"));

        plan.Summary().Should().Equal("write /etc/conf", "create web", "start new web");
        plan.Steps[2].After.Should().Equal("write /etc/conf");
    }

    [Fact]
    public void A_module_that_was_started_after_the_write_is_not_restarted()
    {
        var written = Given.Written(Conf) with { ActionPending = true, WrittenAt = Given.Now.AddMinutes(-5) };
        var device = Given.Device(Given.Container(Web) with { StartedAt = Given.Now.AddMinutes(-4) }).WithFiles(written);

        Given.PlanFor(Given.Desired(Conf, Web), device).ShouldChangeNothing();
    }

    [Fact]
    public void A_module_that_was_started_before_the_write_is_restarted()
    {
        var written = Given.Written(Conf) with { ActionPending = true, WrittenAt = Given.Now.AddMinutes(-5) };

        Given.PlanFor(Given.Desired(Conf, Web), Given.Device(Given.Container(Web)).WithFiles(written)).Summary()
            .Should().Equal("after /etc/conf: restart EdgeModule/web");
    }

    [Fact]
    public void A_restart_comes_after_the_modules_own_steps()
    {
        var device = Given.Device(Given.Container(Web) with { Name = "renamed" });

        var plan = Given.PlanFor(Given.Desired(Conf, Web), device);

        plan.Steps[^1].Should().BeOfType<RunAction>().Which.After.Should().Equal(plan.Steps.OfType<RenameContainer>().Single().Id);
    }

    [Fact]
    public void A_module_that_does_not_run_is_not_restarted()
    {
        var stopped = Web with { Container = Web.Container with { Power = ModulePower.Stopped } };

        Given.PlanFor(Given.Desired(Conf, stopped), Given.Device(Given.Container(Web).Stopped())).Summary().Should().Equal("write /etc/conf");
        Given.PlanFor(Given.Desired(Conf, stopped), Given.Device(Given.Container(Web))).Summary().Should().BeEquivalentTo("stop web-1", "write /etc/conf");
    }

    [Fact]
    public void A_module_that_is_not_desired_here_is_not_restarted() =>
        Given.PlanFor(Given.Desired(Conf), Given.Device()).Summary().Should().Equal("write /etc/conf");

    [Fact]
    public void The_restart_of_a_suspended_module_is_held_with_it()
    {
        var written = Given.Written(Conf) with { ActionPending = true, WrittenAt = Given.Now };
        var device = Given.Device(Given.Container(Web)).WithFiles(written);

        var plan = Given.PlanFor(Given.Desired(Conf, Web with { Suspend = true }), device);

        plan.Steps.Should().BeEmpty();
        plan.Blocked[0].Should().Be(new BlockedResource(Conf.Id, BlockedReason.Suspended, "its action restarts EdgeModule/web, which is blocked: it is suspended", null, IsProblem: false));
    }

    [Fact]
    public void Others_rely_on_a_written_file_although_the_restart_of_a_module_is_held()
    {
        var written = Given.Written(Conf) with { ActionPending = true, WrittenAt = Given.Now };
        var device = Given.Device([Given.Container(Web)], "app:1").WithFiles(written);

        var plan = Given.PlanFor(Given.Desired(Conf, Web with { Suspend = true }, Given.Module("api", dependsOn: "ConfigFile/conf")), device);

        plan.Blocked.Should().Contain(held => held.Resource == Conf.Id);
        plan.Summary().Should().Equal("create api", "start new api");
    }

    [Fact]
    public void A_module_may_depend_on_the_file_that_restarts_it()
    {
        var web = Given.Module("web", dependsOn: "ConfigFile/conf");

        Given.PlanFor(Given.Desired(Conf, web), Given.Device([], "app:1")).Summary().Should().Equal("write /etc/conf", "create web", "start new web");
        Given.PlanFor(Given.Desired(Conf, web), Given.Device(Given.Container(web))).Summary()
            .Should().Equal("write /etc/conf", "after /etc/conf: restart EdgeModule/web");
    }

    [Fact]
    public void A_file_may_depend_on_the_module_that_it_restarts()
    {
        var conf = Given.File("conf", onChange: new FileAction.RestartModule("web"), dependsOn: "web");

        Given.PlanFor(Given.Desired(conf, Web), Given.Device([], "app:1")).Summary().Should().Equal(
            "create web", "start new web", "await EdgeModule/web", "write /etc/conf", "after /etc/conf: restart EdgeModule/web");
    }
}
