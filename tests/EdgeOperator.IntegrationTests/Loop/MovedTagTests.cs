using EdgeOperator.Core.Protocol;
using EdgeOperator.IntegrationTests.Kinds.EdgeModule;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Loop;

/// <summary>A tag that is moved to another image in the registry while a device runs the one that it named before.</summary>
[Collection(LoopEngine.Name)]
public sealed class MovedTagTests(EngineFixture fixture)
{
    [Fact]
    public async Task A_device_goes_back_to_the_image_that_was_good_and_keeps_to_it()
    {
        var name = $"app-{Guid.NewGuid():N}"[..12] + ":latest";
        var image = await (TestImage.Healthy() with { Name = name }).PushAsync(fixture.Registry);
        await using var agent = new AgentOnEngine(fixture.Engine, deadline: TimeSpan.FromSeconds(8));
        agent.Write(image);
        agent.Start();
        await agent.ReachesAsync(lastGood => lastGood is not null);
        var (good, goodImage) = (agent.Status.LastGood!.Id, await agent.InspectAsync("{{.Image}}"));

        await (TestImage.Unhealthy() with { Name = name }).PushAsync(fixture.Registry);
        agent.Write(image, "env: {VERSION: '2'}\n");

        await Eventually.SucceedsAsync(() => agent.LastRun.Outcome.Should().Be(RevisionOutcome.RolledBack), TimeSpan.FromMinutes(2));
        await Eventually.SucceedsAsync(async () => (await agent.InspectAsync("{{.Image}} {{.State.Health.Status}}")).Should().Be($"{goodImage} healthy"), TimeSpan.FromMinutes(1));
        agent.Status.LastGood!.Id.Should().Be(good);

        // The tag still names the bad image, in the registry and on the engine.
        var before = await agent.InspectAsync("{{.Id}}");
        await agent.RemoveContainerAsync();

        await Eventually.SucceedsAsync(
            async () =>
            {
                (await agent.InspectAsync("{{.Id}}")).Should().NotBe(before);
                (await agent.InspectAsync("{{.Image}} {{.State.Health.Status}}")).Should().Be($"{goodImage} healthy");
            },
            TimeSpan.FromMinutes(1));
    }
}
