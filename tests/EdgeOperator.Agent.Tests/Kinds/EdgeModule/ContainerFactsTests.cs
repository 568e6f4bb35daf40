using EdgeOperator.Agent.Engine;
using EdgeOperator.Agent.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.EdgeModule;

namespace EdgeOperator.Agent.Tests.Kinds.EdgeModule;

public class ContainerFactsTests
{
    private static readonly Ownership Ownership = new("us");

    [Fact]
    public void Labels_of_another_owner_make_no_resource()
    {
        var labels = new Dictionary<string, string>
        {
            [Ownership.ManagedBy] = "them",
            [Ownership.ResourceLabel] = "EdgeModule/web",
            [Ownership.SpecHash] = "1",
            [Ownership.Prune] = Ownership.Disabled,
        };

        Read(new() { Id = "1", Labels = labels }, null).Should().BeEquivalentTo(
            new { IsOwned = false, SpecHash = (string?)null, PruneDisabled = false });
        labels[Ownership.ManagedBy] = "us";
        Read(new() { Id = "1", Labels = labels }, null).Should().BeEquivalentTo(
            new { IsOwned = true, SpecHash = "1", PruneDisabled = true, Resource = new { Kind = "EdgeModule", Name = "web" } });
    }

    [Theory]
    [InlineData("created", ContainerPhase.Created)]
    [InlineData("configured", ContainerPhase.Created)]
    [InlineData("running", ContainerPhase.Running)]
    [InlineData("stopping", ContainerPhase.Running)]
    [InlineData("paused", ContainerPhase.Paused)]
    [InlineData("restarting", ContainerPhase.Restarting)]
    [InlineData("removing", ContainerPhase.Removing)]
    [InlineData("exited", ContainerPhase.Exited)]
    [InlineData("stopped", ContainerPhase.Exited)]
    [InlineData("dead", ContainerPhase.Dead)]
    public void States_of_both_engines_are_known(string state, ContainerPhase phase) => ContainerFacts.Phase(state).Should().Be(phase);

    [Fact]
    public void The_last_verdict_on_what_has_ended_is_no_health() =>
        Read(new() { Id = "1" }, Details("exited", "unhealthy")).Health.Should().Be(ContainerHealth.None);

    [Fact]
    public void Of_a_long_complaint_the_last_line_is_kept_up_to_256_characters()
    {
        var details = Details("running", "unhealthy", $"first\n{new string('x', 300)}\n\n");

        Read(new() { Id = "1" }, details).HealthDetail.Should().Be(new string('x', 256));
    }

    [Theory]
    [InlineData("running", "/web", "Up 2 minutes", false)]
    [InlineData("running", "/web", "Up 3 minutes (unhealthy)", false)]
    [InlineData("running", "/web", "Up 3 minutes (healthy)", true)]
    [InlineData("running", "/web", "Up 3 minutes (health: starting)", true)]
    [InlineData("exited", "/web", "Exited (0) 1 second ago", true)]
    [InlineData("running", "/other", "Up 2 minutes", true)]
    public void The_list_tells_when_something_else_is_out_of_date(string state, string name, string status, bool expected) =>
        ContainerFacts.Contradicts(new() { Id = "1", State = state, Names = [name], Status = status }, Details("running", "unhealthy") with { Name = "/web" })
            .Should().Be(expected);

    private static ObservedContainer Read(ContainerSummary listed, ContainerDetails? details) => ContainerFacts.Read(listed, details, Ownership);

    private static ContainerDetails Details(string state, string health, string output = "") => new()
    {
        Id = "1",
        State = new() { Status = state, Health = new() { Status = health, Log = [new() { ExitCode = 1, Output = output }, new() { ExitCode = 0, Output = "fine" }] } },
    };
}
