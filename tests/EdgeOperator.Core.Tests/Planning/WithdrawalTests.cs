using EdgeOperator.Core.Kinds.EdgeModule;

namespace EdgeOperator.Core.Tests.Planning;

public class WithdrawalTests
{
    [Fact]
    public void Dependants_are_stopped_before_what_they_depend_on()
    {
        var (api, db) = (Stopped("api", "db"), Stopped("db"));

        var plan = Given.PlanFor(Given.Desired(api, db), Given.Device(Given.Container(api), Given.Container(db)));

        plan.Summary().Should().Equal("stop api-1", "stop db-1");
        plan.Steps[1].After.Should().Equal(plan.Steps[0].Id);
        plan.Steps[0].Requires.Should().BeEmpty();
    }

    [Fact]
    public void A_module_may_run_on_a_dependency_that_is_to_be_stopped()
    {
        var (api, db) = (Given.Module("api", dependsOn: "db"), Stopped("db"));

        var plan = Given.PlanFor(Given.Desired(api, db), Given.Device(Given.Container(db)));

        plan.Summary().Should().Equal("stop db-1", "await EdgeModule/db", "create api", "start new api");
    }

    private static EdgeModuleResource Stopped(string name, params string[] dependsOn) =>
        Given.Module(name, with: spec => spec with { Power = ModulePower.Stopped }, dependsOn: dependsOn);
}
