using EdgeOperator.Agent.Kinds.EdgeModule.Probes;
using EdgeOperator.Core.Kinds.EdgeModule;

namespace EdgeOperator.Agent.Tests.Kinds.EdgeModule;

public class ProbeStateTests
{
    private static readonly NetworkProbe Probe = new(80, "/") { Retries = 3, StartPeriod = TimeSpan.FromSeconds(30) };
    private static readonly TimeSpan During = TimeSpan.FromSeconds(29);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(30);

    [Fact]
    public void One_success_is_healthy() =>
        ProbeState.Starting.After(null, Probe, During).Should().Be(new ProbeState(ContainerHealth.Healthy, 0, null));

    [Fact]
    public void Failures_while_it_starts_do_not_count_but_are_told()
    {
        var state = ProbeState.Starting;
        for (var i = 0; i < 10; i++)
        {
            state = state.After("refused", Probe, During);
        }

        state.Should().Be(new ProbeState(ContainerHealth.Starting, 0, "refused"));
    }

    [Theory]
    [InlineData(2, ContainerHealth.Starting)]
    [InlineData(3, ContainerHealth.Unhealthy)]
    public void After_the_start_period_enough_failures_in_a_row_are_unhealthy(int failures, ContainerHealth expected) =>
        Fail(ProbeState.Starting, failures, After).Health.Should().Be(expected);

    [Fact]
    public void Once_healthy_the_start_period_protects_no_longer()
    {
        var healthy = ProbeState.Starting.After(null, Probe, During);

        Fail(healthy, 2, During).Health.Should().Be(ContainerHealth.Healthy);
        Fail(healthy, 3, During).Should().Be(new ProbeState(ContainerHealth.Unhealthy, 3, "refused"));
    }

    [Fact]
    public void A_success_between_failures_starts_the_count_again()
    {
        var state = Fail(Fail(ProbeState.Starting, 2, After).After(null, Probe, After), 2, After);

        state.Health.Should().Be(ContainerHealth.Healthy);
    }

    [Fact]
    public void An_unhealthy_container_becomes_healthy_again() =>
        Fail(ProbeState.Starting, 5, After).After(null, Probe, After).Health.Should().Be(ContainerHealth.Healthy);

    private static ProbeState Fail(ProbeState state, int times, TimeSpan sinceStart) =>
        Enumerable.Range(0, times).Aggregate(state, (s, _) => s.After("refused", Probe, sinceStart));
}
