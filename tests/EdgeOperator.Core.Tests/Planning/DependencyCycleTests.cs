using EdgeOperator.Core.Planning;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Planning;

public class DependencyCycleTests
{
    [Fact]
    public void Every_member_of_a_cycle_is_held_and_told_the_cycle_in_order()
    {
        var plan = Given.PlanFor(
            Given.Desired(Given.Module("a", dependsOn: "b"), Given.Module("b", dependsOn: "c"), Given.Module("c", dependsOn: "a"), Given.Module("free")),
            Given.Device([], "app:1"));

        plan.Blocked.Should().HaveCount(3).And.OnlyContain(held => held.Reason == BlockedReason.DependencyCycle && held.IsProblem);
        plan.Blocked[1].Message.Should().Be(
            "the dependencies form a cycle: EdgeModule/a → EdgeModule/b → EdgeModule/c → EdgeModule/a; remove one of them (b.yaml:1:1)");
        plan.Steps.Should().OnlyContain(step => step.Resource == Given.ModuleId("free"));
    }

    [Fact]
    public void A_resource_that_depends_on_itself_is_a_cycle() =>
        Given.PlanFor(Given.Desired(Given.Module("a", dependsOn: "a")), Given.Device([], "app:1"))
            .Blocked.Should().ContainSingle().Which.Message.Should().Contain("EdgeModule/a → EdgeModule/a");

    [Fact]
    public void What_only_depends_on_a_cycle_is_held_but_is_not_called_a_member()
    {
        var plan = Given.PlanFor(
            Given.Desired(Given.Module("a", dependsOn: "b"), Given.Module("b", dependsOn: "a"), Given.Module("c", dependsOn: "b")),
            Given.Device([], "app:1"));

        plan.Blocked.Select(held => held.Reason).Should().Equal(BlockedReason.DependencyCycle, BlockedReason.DependencyCycle, BlockedReason.DependencyBlocked);
    }

    [Fact]
    public void A_chain_of_any_length_is_no_cycle()
    {
        var modules = Enumerable.Range(0, 20_000).Select(i => Given.Module($"m{i:00000}", dependsOn: i == 0 ? [] : [$"m{i - 1:00000}"]));

        Given.PlanFor(Given.Desired([.. modules]), Given.Device([], "app:1")).Blocked.Should().BeEmpty();
    }

    [Fact]
    public void Components_come_behind_what_they_lead_to_and_hold_exactly_what_reaches_each_other() =>
        Prop.ForAll(Graph(), edges =>
        {
            var components = StrongComponents.Of(edges);

            components.SelectMany(component => component).Order().Should().Equal(Enumerable.Range(0, edges.Length));
            var place = components.SelectMany((component, i) => component.Select(node => (node, i))).ToDictionary(pair => pair.node, pair => pair.i);
            for (var from = 0; from < edges.Length; from++)
            {
                foreach (var to in edges[from])
                    place[to].Should().BeLessThanOrEqualTo(place[from]);
                for (var to = 0; to < edges.Length; to++)
                    (place[from] == place[to]).Should().Be(from == to || (Reaches(edges, from, to) && Reaches(edges, to, from)));
            }
        }).QuickCheckThrowOnFailure();

    private static Arbitrary<int[][]> Graph() =>
        (from size in Gen.Choose(1, 7)
         from edges in Gen.Choose(0, size - 1).ArrayOf().ArrayOf(size)
         select edges.Select(targets => targets.Distinct().ToArray()).ToArray()).ToArbitrary();

    private static bool Reaches(int[][] edges, int from, int to)
    {
        var (seen, open) = (new HashSet<int>(), new Stack<int>(edges[from]));
        while (open.TryPop(out var node))
        {
            if (seen.Add(node))
                Array.ForEach(edges[node], open.Push);
        }

        return seen.Contains(to);
    }
}
