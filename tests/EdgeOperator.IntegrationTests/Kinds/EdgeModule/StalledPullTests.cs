using EdgeOperator.Agent.Engine;
using EdgeOperator.Agent.Kinds.EdgeModule.Images;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.IntegrationTests.Kinds.EdgeModule;

[Collection(SharedEngine.Name)]
public class StalledPullTests(EngineFixture fixture)
{
    [Fact]
    public async Task A_pull_without_progress_is_given_up()
    {
        await using var proxy = new CuttableProxy(fixture.Registry.Address);
        using var folder = new TempFolder();
        using var engine = new DockerEngine(new(fixture.Engine.Socket));
        var over = new TaskCompletionSource();
        await using var puller = new ImagePuller(
            engine, new(null), new(folder), new(new(), new(folder), TimeProvider.System), _ => over.TrySetResult(), TimeProvider.System, NullLogger<ImagePuller>.Instance)
        {
            StalledAfter = TimeSpan.FromSeconds(1),
        };
        var image = (await PullTests.NewImage("stalled").PushAsync(fixture.Registry)).Replace(fixture.Registry.Address, proxy.Address);
        var step = new PullImage(new("EdgeModule", "web"), "test", image, Optional: false);
        proxy.StallAfter(1_000_000);

        await puller.AskAsync(step, []);
        await over.Task.WaitAsync(Eventually.Deadline);

        var outcome = await puller.AskAsync(step, []);
        outcome.Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("PullStalled");
        outcome.As<StepOutcome.Retry>().Message.Should().Contain("no progress for 1 s");
    }
}
