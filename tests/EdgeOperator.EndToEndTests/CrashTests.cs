using EdgeOperator.Core.State;
using EdgeOperator.EndToEndTests.Support;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests;

/// <summary>A SIGKILL at every step boundary of an update, and the start of the agent after it.</summary>
[Collection(AtSite.Name)]
public class CrashTests(Site site)
{
    private const int MoreThanAnyUpdate = 200;

    [Theory]
    [InlineData("kill-before")]
    [InlineData("kill-after")]
    public async Task An_update_of_several_modules_converges_wherever_the_agent_was_killed(string boundary)
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url, new() { StableFor = "100ms" });
        await device.StartAsync();
        await device.ReachesAsync(await CommitAsync(repository, device, 1));
        await site.ExecuteAsync("first", "sh", "-c", "echo kept > /data/mark");
        await device.TerminateAsync();

        // Before and after every second step: each boundary between two steps has its kill in one of the two cases.
        var kills = 0;
        for (var step = 2; step < MoreThanAnyUpdate; step += 2)
        {
            var generation = (step / 2) + 1;
            var commit = await CommitAsync(repository, device, generation);
            device.Launch($"EDGEOP_FAULT={boundary}:{step}");
            var wasKilled = await IsKilledAsync(device, commit);
            if (wasKilled)
            {
                kills++;
                await device.ExitedAsync();
                await device.StartAsync();
                await device.ReachesAsync(commit);
            }

            await Eventually.SucceedsAsync(() => IsWholeAsync(device, generation));
            await device.TerminateAsync();
            if (!wasKilled)
                break;
        }

        kills.Should().BeGreaterThan(7, "three modules and a file take more steps than that");
        kills.Should().BeLessThan((MoreThanAnyUpdate / 2) - 1);
    }

    [Fact]
    public async Task A_roll_back_converges_wherever_the_agent_was_killed()
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url, new() { StableFor = "100ms" });
        await device.StartAsync();
        var good = await CommitAsync(repository, device, 1);
        await device.ReachesAsync(good);
        var before = await device.ContainersAsync();

        string[] steps = ["stop EdgeModule/first", "rename EdgeModule/first", "start EdgeModule/first", "start EdgeModule/second", "remove EdgeModule/first"];
        foreach (var step in steps)
        {
            await device.TerminateAsync();
            var bad = await repository.CommitAsync(
                ("first.yaml", Manifests.Module("first", site.Image("sleeper:2"))),
                ("second.yaml", Manifests.Module("second", site.Image("unhealthy:1"), "healthTimeout: 10s")),
                ("mark.txt", step));
            await device.StartAsync();
            await device.SeesAsync("the bad revision is being applied", status => status.Applied?.Id == bad);
            await Eventually.TrueAsync("the sick module runs", async () =>
                (await device.ContainersAsync()).Any(c => c is { Name: "second", IsRunning: true } && c.Image == site.Image("unhealthy:1")));
            await device.KillAsync();
            device.Launch($"EDGEOP_FAULT=kill-after:{step}");
            await Eventually.TrueAsync("the agent is killed", () => !device.IsRunning, Eventually.Slow);
            await device.ExitedAsync();
            await device.StartAsync();

            await device.SeesAsync("the device is back", status => status.Applied?.Id == good && Device.Is(status, Condition.Stalled));
            await Eventually.SucceedsAsync(async () => (await device.ContainersAsync()).Should().BeEquivalentTo(before));
        }
    }

    // Every generation changes three modules (one of them StartFirst, one with a volume) and a file.
    private Task<string> CommitAsync(Repository repository, Device device, int generation)
    {
        var image = site.Image(generation % 2 == 0 ? "sleeper:2" : "sleeper:1");
        var env = $"env: {{GENERATION: \"{generation}\"}}";
        return repository.CommitAsync(
            ("first.yaml", Manifests.Module("first", image, $"{env}\nvolumes:\n  - {device.Owner}-data:/data")),
            ("second.yaml", Manifests.Module("second", image, $"{env}\nupdateStrategy: StartFirst")),
            ("third.yaml", Manifests.Module("third", image, $"{env}\ndependsOn: [EdgeModule/first]")),
            ("file.yaml", Manifests.ConfigFile("generation", "${vars.root}/generation", $"{generation}\n")));
    }

    private static async Task<bool> IsKilledAsync(Device device, string commit)
    {
        var killed = Eventually.TrueAsync("killed", () => !device.IsRunning, Eventually.Slow);
        var reached = device.ReachesAsync(commit, Eventually.Slow);
        await Task.WhenAny(killed, reached);
        // What follows the commit (removing what was replaced) are steps too.
        if (device.IsRunning)
            await Eventually.TrueAsync("killed or done", async () => !device.IsRunning || (await device.ContainersAsync()).Count == 3);
        return !device.IsRunning;
    }

    private async Task IsWholeAsync(Device device, int generation)
    {
        var containers = await device.ContainersAsync();
        containers.Select(c => (c.Name, c.State)).Should().BeEquivalentTo([("first", "running"), ("second", "running"), ("third", "running")]);
        foreach (var container in containers)
            (await site.ExecuteAsync(container.Name, "env")).Should().Contain($"GENERATION={generation}\n");
        (await site.ExecuteAsync("first", "cat", "/data/mark")).Should().Be("kept\n");
        File.ReadAllText($"{device.FilesRoot}/generation").Should().Be($"{generation}\n");
    }
}
