using EdgeOperator.Agent.Execution;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Agent.Tests.Execution;

public class LatePullsTests
{
    private static readonly PullImage Inside = new(new(Kinds.EdgeModule, "web"), "test", "web:1", Optional: false) { Target = "edge" };

    private readonly LatePulls _pulls = new();

    [Fact]
    public void A_pull_that_gets_further_comes_on()
    {
        Advance(Inside, "pulling web:1").Should().BeFalse("it has only begun");
        Advance(Inside, "pulling web:1: 10 % of 30 MB").Should().BeTrue();
        Advance(Inside, "pulling web:1: 10 % of 30 MB").Should().BeFalse();
        Advance(Inside, "pulling web:1: 11 % of 30 MB").Should().BeTrue();
    }

    [Fact]
    public void A_pull_that_fails_and_begins_again_does_not()
    {
        Advance(Inside, "pulling web:1: 10 % of 30 MB");
        _pulls.Advance([new(Inside, new StepOutcome.Retry("RegistryUnreachable", "no"), TimeSpan.Zero)]).Should().BeFalse();
        Advance(Inside, "pulling web:1").Should().BeFalse();
    }

    [Fact]
    public void Nor_does_one_that_waits_for_its_time()
    {
        Advance(Inside, "pulling web:1");
        Advance(Inside with { NotBefore = DateTimeOffset.UnixEpoch }, "pulling web:1 again later").Should().BeFalse();
    }

    [Fact]
    public void The_hosts_images_are_all_there_before_a_revision_begins()
    {
        var host = Inside with { Target = EngineTarget.Host };
        Advance(host, "pulling web:1");
        Advance(host, "pulling web:1: 10 % of 30 MB").Should().BeFalse();
    }

    private bool Advance(PullImage step, string message) => _pulls.Advance([new(step, new StepOutcome.Pending(message), TimeSpan.Zero)]);
}
