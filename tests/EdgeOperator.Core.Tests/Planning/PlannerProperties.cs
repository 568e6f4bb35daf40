using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Tests.Planning.Model;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Planning;

public class PlannerProperties
{
    [Fact]
    public void Equal_inputs_give_equal_plans_in_whatever_order_the_engine_lists_its_containers() =>
        Prop.ForAll(Scenario.Any, scenario =>
        {
            var agent = new ModelAgent(Scenario.NewDevice());
            agent.Planned = (desired, inventory, plan) =>
            {
                var observed = agent.Device.Observe();
                var turned = observed with { Engine = observed.Engine with { Containers = [.. observed.Engine.Containers.Reverse()] } };
                Text(Planner.Plan(RegisteredKinds.All, desired, turned, inventory, agent.Device.Now)).Should().Be(Text(plan));
            };
            foreach (var revision in scenario.Revisions)
            {
                agent.Push(revision);
                for (var pass = 0; pass < 4; pass++)
                    agent.Pass(limit: 3 * (pass + 1));
            }
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Steps_and_edges_grow_as_the_resources_do(bool committed)
    {
        var (small, large) = (Size(200, committed), Size(2000, committed));

        large.Steps.Should().Be(10 * small.Steps);
        large.Edges.Should().BeLessThanOrEqualTo(10 * small.Edges).And.BeLessThan(3 * large.Steps);
    }

    /// <summary>Everything at once that joins many with many: pulls, prunes, shared networks, startup orders, dependencies.</summary>
    private static (int Steps, int Edges) Size(int count, bool committed)
    {
        var modules = Enumerable.Range(0, count).Select(Module).ToArray();
        var gone = Enumerable.Range(0, count).Select(i => Given.Container(Given.Module($"gone{i}", "gone:1")));
        var device = Given.Device(modules.Select(module => Given.Container(Given.Module(module.Id.Name, "old:1"))).Concat(gone));
        device = device with { Engine = device.Engine with { Networks = ["net"] } };

        var plan = Given.PlanFor(Given.Desired(modules), device, Inventory.Empty with { Committed = committed });

        var joins = plan.Steps.Count(step => step is Milestone);
        return (plan.Steps.Length - joins, plan.Steps.Sum(step => step.Requires.Length + step.After.Length));

        static EdgeModuleResource Module(int i) => Given.Module(
            $"m{i}", $"app:{i}", spec => spec with { Networks = ["net"], StartupOrder = (uint)(i % 10) }, i % 20 == 10 ? [$"m{i - 1}"] : []);
    }

    private static string Text(Plan plan) => string.Join("\n", plan.Steps.Select(step =>
        $"{step} requires [{string.Join(", ", step.Requires)}] after [{string.Join(", ", step.After)}]").Concat(plan.Blocked.Select(held => held.ToString())));
}
