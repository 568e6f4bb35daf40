using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.EdgeModule;

[Collection(SharedEngine.Name)]
public class EventTests(EngineFixture fixture)
{
    [Fact]
    public async Task What_happens_to_the_agents_containers_wakes_the_loop()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        await agent.WatchAsync();
        var module = agent.Module("sleeper", fixture.Sleeper);
        var (id, name) = (await agent.RunAsync(module), module.Container.Name);
        await agent.WokenAsync($"container {name} started");

        await PostAsync($"containers/{id}/kill");
        await agent.WokenAsync($"container {name} died (exit 137)");
        (await agent.SeeAsync(module)).Should().BeEquivalentTo(new { Phase = ContainerPhase.Exited, ExitCode = 137 });

        await PostAsync($"containers/{id}/start");
        await PostAsync($"containers/{id}/pause");
        await agent.WokenAsync($"container {name} was paused");
        (await agent.SeeAsync(module)).Phase.Should().Be(ContainerPhase.Paused);

        await agent.Engine.RemoveContainerAsync(id, force: true, CancellationToken.None);
        await agent.WokenAsync($"container {name} was removed");
    }

    [Fact]
    public async Task Removed_networks_volumes_and_images_wake_the_loop()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        await agent.WatchAsync();
        var (network, volume) = (agent.Name("net"), agent.Name("volume"));
        await agent.Engine.CreateNetworkAsync(network, new Dictionary<string, string>(), CancellationToken.None);
        await agent.Engine.CreateVolumeAsync(volume, new Dictionary<string, string>(), CancellationToken.None);
        var image = await TestImage.Exits(3).LoadAsync(fixture.Engine);
        var imageId = (await agent.ObserveAsync()).Images[image].Id;

        await agent.Engine.RemoveNetworkAsync(network, CancellationToken.None);
        using var removed = await fixture.Engine.Http.DeleteAsync(new Uri($"volumes/{volume}", UriKind.Relative));
        await agent.Engine.RemoveImageAsync(image, CancellationToken.None);

        await agent.WokenAsync($"network {network} was removed");
        await agent.WokenAsync($"volume {volume} was removed");
        await agent.WokenAsync($"image {imageId} was removed");
    }

    [Fact]
    public async Task Of_others_only_a_name_that_becomes_free_wakes_the_loop()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        await using var other = new Agent(fixture.Engine.Socket);
        await agent.WatchAsync();
        var module = other.Module("other", fixture.Sleeper);
        var id = await other.RunAsync(module);

        await other.DoAsync(new StopContainer(module.Id, "test", id, TimeSpan.Zero), module);
        await other.DoAsync(new RemoveContainer(module.Id, "test", id), module);
        await agent.WokenAsync($"container {module.Container.Name} was removed");

        agent.Wakes.Where(wake => wake.Contains(module.Container.Name)).Should().HaveCount(1);
    }

    private async Task PostAsync(string path)
    {
        using var answer = await fixture.Engine.Http.PostAsync(new Uri(path, UriKind.Relative), null);
        answer.EnsureSuccessStatusCode();
    }
}
