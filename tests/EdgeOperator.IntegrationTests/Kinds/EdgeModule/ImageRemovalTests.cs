using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.EdgeModule;

[Collection(SharedEngine.Name)]
public class ImageRemovalTests(EngineFixture fixture)
{
    [Fact]
    public async Task An_image_goes_with_all_names_that_the_agent_gave_it()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var built = PullTests.NewImage("twice");
        var first = await built.PushAsync(fixture.Registry);
        var second = await (built with { Name = "another:2" }).PushAsync(fixture.Registry);
        await agent.PullAsync(first);
        await agent.PullAsync(second);
        var id = (await agent.ObserveAsync()).Images[first].Id;

        (await RemoveAsync(agent, id)).Should().BeOfType<StepOutcome.Succeeded>().Which.Note.Should().BeNull();

        var seen = await agent.ObserveAsync();
        seen.Images.Values.Should().NotContain(image => image.Id == id);
        seen.PulledImages.Should().BeEmpty();
        (await RemoveAsync(agent, id)).Should().BeOfType<StepOutcome.Terminal>("it is not the agent's any more");
    }

    [Fact]
    public async Task An_image_that_lost_its_name_goes_by_its_id()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var image = await PullTests.NewImage("moving").PushAsync(fixture.Registry);
        await agent.PullAsync(image);
        var old = (await agent.ObserveAsync()).Images[image].Id;
        await (TestImage.Sleeper("moved") with { Name = "sleeper:moving" }).PushAsync(fixture.Registry);
        await agent.PullAsync(image);
        var seen = await agent.ObserveAsync();
        seen.Images.Should().ContainKey(old, "an untagged image is still seen by its id");
        seen.Images[image].Id.Should().NotBe(old);

        await RemoveAsync(agent, old);

        (await agent.ObserveAsync()).Images.Should().NotContainKey(old).And.ContainKey(image);
    }

    [Fact]
    public async Task An_image_that_somebody_else_named_stays()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var built = PullTests.NewImage("shared");
        var image = await built.PushAsync(fixture.Registry);
        await agent.PullAsync(image);
        await built.LoadAsync(fixture.Engine, "somebody/else:1");
        var id = (await agent.ObserveAsync()).Images[image].Id;

        (await RemoveAsync(agent, id)).Should().BeOfType<StepOutcome.Succeeded>().Which.Note.Should().Contain("somebody/else:1");

        (await agent.ObserveAsync()).Images.Should().ContainKey("somebody/else:1").And.ContainKey(image);
    }

    [Fact]
    public async Task An_image_in_use_stays()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var image = await PullTests.NewImage("used").PushAsync(fixture.Registry);
        await agent.PullAsync(image);
        var module = agent.Module("user", image);
        await agent.RunAsync(module);
        var id = (await agent.SeeAsync(module)).ImageId;

        (await RemoveAsync(agent, id)).Should().BeOfType<StepOutcome.Succeeded>().Which.Note.Should().Contain("stays");

        (await agent.ObserveAsync()).Images.Values.Should().Contain(i => i.Id == id);
    }

    [Fact]
    public async Task An_image_that_the_agent_did_not_pull_is_left_alone()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var id = (await agent.ObserveAsync()).Images[fixture.WebServer].Id;

        (await RemoveAsync(agent, id)).Should().BeOfType<StepOutcome.Terminal>().Which.Reason.Should().Be("NotOwned");

        (await agent.ObserveAsync()).Images.Should().ContainKey(fixture.WebServer);
    }

    private static Task<StepOutcome> RemoveAsync(Agent agent, string id) => agent.DoAsync(new RemoveImage(new("Image", id), "test", id));
}
