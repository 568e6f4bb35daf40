using EdgeOperator.Core.State;
using EdgeOperator.EndToEndTests.Support;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests;

/// <summary>A device whose source or registry can't be reached runs on, and catches up afterwards.</summary>
[Collection(AtSite.Name)]
public class OfflineTests(Site site)
{
    [Fact]
    public async Task An_agent_that_starts_without_its_source_keeps_and_heals_the_last_good_revision()
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url);
        var commit = await repository.CommitAsync(("web.yaml", Manifests.Module("web", site.Image("sleeper:1"))));
        await device.StartAsync();
        await device.ReachesAsync(commit);
        await device.TerminateAsync();
        Directory.Move($"{repository.Path}/.git", $"{repository.Path}/away");
        await site.DockerAsync("rm", "-f", "web");

        await device.StartAsync();

        var status = await device.ReachesAsync(commit);
        await Eventually.SucceedsAsync(async () => (await device.ContainerAsync("web")).IsRunning.Should().BeTrue());
        await device.SeesAsync("the source is not ready", s => s.Sources.Single().Ready.Status == ConditionStatus.False);
        status.Resources.Should().ContainSingle();

        Directory.Move($"{repository.Path}/away", $"{repository.Path}/.git");
        await device.ReachesAsync(await repository.CommitAsync(("web.yaml", Manifests.Module("web", site.Image("sleeper:2")))));
    }

    [Fact]
    public async Task A_registry_that_goes_away_in_the_middle_of_a_pull_changes_nothing_that_runs()
    {
        await using var proxy = new CuttableProxy(site.Registry.Address);
        await (TestImage.Sleeper("big") with { Name = "big:1" }).WithPayload(2, 4_000_000).PushAsync(site.Registry);
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url);
        var first = await repository.CommitAsync(("web.yaml", Manifests.Module("web", site.Image("sleeper:1"))));
        await device.StartAsync();
        await device.ReachesAsync(first);
        var before = await device.ContainerAsync("web");

        proxy.CutAfter(1_000_000);
        var second = await repository.CommitAsync(
            ("web.yaml", Manifests.Module("web", site.Image("sleeper:2"))),
            ("big.yaml", Manifests.Module("big", $"{proxy.Address}/big:1")));
        await Eventually.TrueAsync("the pull was cut", () => proxy.Passed >= 1_000_000, Eventually.Slow);
        await device.SeesAsync("the device still is at the first revision", s => s.Applied?.Id == first && s.Desired?.Id == second);

        await site.DockerAsync("rm", "-f", "web");
        await Eventually.SucceedsAsync(async () => (await device.ContainerAsync("web")).Image.Should().Be(before.Image));

        proxy.Restore();
        await device.ReachesAsync(second, TimeSpan.FromMinutes(3));
    }

    [Fact]
    public async Task A_git_server_that_goes_away_in_the_middle_of_a_fetch_changes_nothing_that_runs()
    {
        using var repository = await Repository.CreateAsync();
        await using var server = new GitServer(repository.Path);
        await using var proxy = new CuttableProxy(server.Address);
        await using var device = site.NewDevice($"http://{proxy.Address}/repo.git");
        var web = ("web.yaml", Manifests.Module("web", site.Image("sleeper:1")));
        var first = await repository.CommitAsync(web);
        await device.StartAsync();
        await device.ReachesAsync(first);
        var before = await device.ContainersAsync();

        // Random text does not compress, so the fetch is really cut in its middle.
        proxy.CutAfter(300_000);
        var large = string.Join('\n', Enumerable.Range(0, 20_000).Select(_ => $"# {Guid.NewGuid()}"));
        var second = await repository.CommitAsync(("web.yaml", $"{large}\n{web.Item2}"), ("new.yaml", Manifests.Module("new", site.Image("sleeper:1"))));
        await device.SeesAsync("the source is not ready", s => s.Sources.Single().Ready.Status == ConditionStatus.False);
        proxy.Passed.Should().BeGreaterThanOrEqualTo(300_000);
        (await device.ContainersAsync()).Should().BeEquivalentTo(before);

        proxy.Restore();
        await device.ReachesAsync(second, TimeSpan.FromMinutes(3));
    }
}
