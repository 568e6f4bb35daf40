using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Tests.Planning;
using EdgeOperator.Core.Tests.Planning.Model;

namespace EdgeOperator.Core.Tests.Kinds.EdgeModule;

/// <summary>The agent is killed before every single step of an update in turn.</summary>
public class InterruptedUpdateTests
{
    [Theory]
    [InlineData(UpdateStrategy.Recreate, "good:2")]
    [InlineData(UpdateStrategy.StartFirst, "good:2")]
    [InlineData(UpdateStrategy.Recreate, "slow:2")]
    [InlineData(UpdateStrategy.StartFirst, "slow:2")]
    [InlineData(UpdateStrategy.Recreate, "sick:2")]
    [InlineData(UpdateStrategy.StartFirst, "sick:2")]
    [InlineData(UpdateStrategy.StartFirst, "crash:2")]
    public void An_update_ends_the_same_wherever_it_was_interrupted(UpdateStrategy strategy, string image)
    {
        var expected = Update(strategy, image, killAt: int.MaxValue, out var steps);

        steps.Should().BeGreaterThan(5);
        for (var killAt = 0; killAt < steps; killAt++)
            Update(strategy, image, killAt, out _).Should().Equal(expected, "the agent was killed before step {0}", killAt + 1);
    }

    [Fact]
    public void With_start_first_a_module_never_stops_serving()
    {
        var served = true;
        Update(UpdateStrategy.StartFirst, "slow:2", int.MaxValue, out _, device =>
            served &= device.Containers.Any(container => container.Resource == Given.ModuleId("web") && container.Phase == ContainerPhase.Running));

        served.Should().BeTrue();
    }

    [Fact]
    public void With_recreate_two_containers_of_a_module_never_run_at_once()
    {
        var most = 0;
        Update(UpdateStrategy.Recreate, "good:2", int.MaxValue, out _, device => most = Math.Max(
            most, device.Containers.Count(container => container.Resource == Given.ModuleId("web") && container.Phase == ContainerPhase.Running)));

        most.Should().Be(1);
    }

    private static string[] Update(UpdateStrategy strategy, string image, int killAt, out int steps, Action<ModelDevice>? watch = null)
    {
        var agent = new ModelAgent(Scenario.NewDevice());
        agent.Push(Given.Desired(Given.Module("web", "app:1"), Given.Module("gone", "app:1")) with { Revision = "r1" });
        agent.Converge();

        agent.Push(Given.Desired(
            Given.Module("web", image, spec => spec with { UpdateStrategy = strategy, Networks = ["net"], Volumes = ["data"] }),
            Given.Module("front", "app:2", null, "web")) with
        { Revision = "r2" });
        var executed = 0;
        agent.Fails = _ =>
        {
            watch?.Invoke(agent.Device);
            executed++;
            return false;
        };
        for (var passes = 0; killAt != int.MaxValue && executed < killAt && passes < 30; passes++)
            agent.Pass(killAt - executed);
        agent.Converge();
        steps = executed;
        return [.. agent.Device.Containers.Where(container => container.IsOwned)
            .Select(container => $"{container.Name} {container.SpecHash} {container.Phase} {container.Health}").Order(), .. agent.Device.Networks, .. agent.Device.Volumes];
    }
}
