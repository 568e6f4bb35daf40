using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.EdgeModule;

[Collection(SharedEngine.Name)]
public class HealthTests(EngineFixture fixture)
{
    private static readonly NetworkProbe Fast = new(8080, "/") { Interval = TimeSpan.FromMilliseconds(100), Retries = 2 };

    [Fact]
    public async Task The_engines_own_checks_are_followed_by_events()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        await agent.WatchAsync();
        var image = await TestImage.Moody().LoadAsync(fixture.Engine);
        var module = agent.Module("moody", image, new() { ["Cmd"] = new JsonArray("/bin/sh", "-c", "trap 'touch /tmp/sick' USR1; while :; do sleep 1 & wait $!; done") });
        var id = await agent.RunAsync(module);

        (await agent.SeeAsync(module)).Health.Should().BeOneOf(ContainerHealth.Starting, ContainerHealth.Healthy);
        await agent.WokenAsync($"container {module.Container.Name} is healthy");
        (await agent.SeeAsync(module)).Health.Should().Be(ContainerHealth.Healthy);

        using var signal = await fixture.Engine.Http.PostAsync(new Uri($"containers/{id}/kill?signal=USR1", UriKind.Relative), null);
        signal.EnsureSuccessStatusCode();
        await agent.WokenAsync($"container {module.Container.Name} is unhealthy");
        (await agent.SeeAsync(module)).Should().BeEquivalentTo(new { Health = ContainerHealth.Unhealthy, HealthDetail = "the check ended with exit code 1" });
    }

    [Fact]
    public async Task What_a_failing_check_printed_is_the_detail()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var module = agent.Module("unhealthy", await TestImage.Unhealthy().LoadAsync(fixture.Engine));
        await agent.RunAsync(module);

        await Eventually.SucceedsAsync(async () => (await agent.SeeAsync(module)).Should().BeEquivalentTo(
            new { Health = ContainerHealth.Unhealthy, HealthDetail = "no good" }));
    }

    [Fact]
    public async Task An_http_probe_finds_the_containers_own_address()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        await agent.WatchAsync();
        var module = agent.Module("web", fixture.WebServer, probe: Fast);
        await agent.RunAsync(module);

        await agent.SeeAsync(module);
        await agent.WokenAsync("is healthy");
        (await agent.SeeAsync(module)).Should().BeEquivalentTo(new { Health = ContainerHealth.Healthy, HealthDetail = (string?)null });
    }

    [Fact]
    public async Task An_answer_of_404_is_unhealthy()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var module = agent.Module("web", fixture.WebServer, probe: Fast with { HttpPath = "/missing" });
        await agent.RunAsync(module);

        (await agent.SeeAsync(module)).Health.Should().Be(ContainerHealth.Starting, "no verdict has been reached yet");
        await BecomesAsync(agent, module, ContainerHealth.Unhealthy, "answered 404");
    }

    [Fact]
    public async Task A_tcp_probe_connects()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var listening = agent.Module("web", fixture.WebServer, probe: Fast with { HttpPath = null });
        var silent = agent.Module("sleeper", fixture.Sleeper, probe: Fast with { HttpPath = null });
        await agent.RunAsync(listening);
        await agent.RunAsync(silent);

        await Eventually.SucceedsAsync(async () =>
        {
            var seen = await agent.ObserveAsync(listening, silent);
            seen.Containers.Single(c => c.Resource == listening.Id).Health.Should().Be(ContainerHealth.Healthy);
            seen.Containers.Single(c => c.Resource == silent.Id).Should().BeEquivalentTo(new { Health = ContainerHealth.Unhealthy, HealthDetail = "Connection refused" });
        });
    }

    [Fact]
    public async Task Under_host_networking_the_device_is_probed()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var port = FreePort.Next();
        var module = agent.Module(
            "web",
            fixture.WebServer,
            new()
            {
                ["Cmd"] = new JsonArray("/bin/sh", "-c", $"mkdir -p /www; echo ok > /www/index.html; httpd -f -p 127.0.0.1:{port} -h /www"),
                ["HostConfig"] = new JsonObject { ["NetworkMode"] = "host" },
            },
            Fast with { Port = port });
        await agent.RunAsync(module);

        await BecomesAsync(agent, module, ContainerHealth.Healthy, null);
    }

    [Fact]
    public async Task A_container_without_a_network_says_why_it_cannot_be_probed()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var module = agent.Module("web", fixture.WebServer, new() { ["HostConfig"] = new JsonObject { ["NetworkMode"] = "none" } }, Fast);
        await agent.RunAsync(module);

        await BecomesAsync(agent, module, ContainerHealth.Unhealthy, "publish port 8080");
    }

    private static Task BecomesAsync(Agent agent, EdgeModuleResource module, ContainerHealth health, string? detail) => Eventually.SucceedsAsync(async () =>
    {
        var seen = await agent.SeeAsync(module);
        seen.Health.Should().Be(health);
        (seen.HealthDetail?.Contains(detail ?? "") ?? detail is null).Should().BeTrue($"the detail is {seen.HealthDetail}");
    });
}
