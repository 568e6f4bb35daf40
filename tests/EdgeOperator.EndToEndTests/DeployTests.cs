using EdgeOperator.Core.State;
using EdgeOperator.EndToEndTests.Support;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests;

/// <summary>A commit becomes what runs.</summary>
[Collection(AtSite.Name)]
public class DeployTests(Site site)
{
    [Fact]
    public async Task A_commit_becomes_running_modules_and_written_files()
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url);
        var commit = await repository.CommitAsync(
            ("modules.yaml", Manifests.Module("web", site.Image("healthy:1")) + "---\n" + Manifests.Module("worker", site.Image("sleeper:1"))),
            ("files/settings.yaml", Manifests.ConfigFile("settings", "${vars.root}/shop/settings.ini", "colour = green\n", "mode: \"0640\"")));

        await device.StartAsync();
        var status = await device.ReachesAsync(commit);

        (await device.ContainersAsync()).Select(c => (c.Name, c.Image, c.State)).Should().BeEquivalentTo(
            [("web", site.Image("healthy:1"), "running"), ("worker", site.Image("sleeper:1"), "running")]);
        File.ReadAllText($"{device.FilesRoot}/shop/settings.ini").Should().Be("colour = green\n");
        File.GetUnixFileMode($"{device.FilesRoot}/shop/settings.ini").Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        status.Resources.Select(r => $"{r.Kind}/{r.Name}").Should().Equal("ConfigFile/settings", "EdgeModule/web", "EdgeModule/worker");
        status.Resources.Should().OnlyContain(r => r.Conditions.Any(c => c.Type == Condition.Ready && c.Status == ConditionStatus.True));
    }

    [Fact]
    public async Task The_next_commit_updates_one_module_removes_another_and_leaves_the_third_alone()
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url);
        var first = await repository.CommitAsync(
            ("web.yaml", Manifests.Module("web", site.Image("sleeper:1"))),
            ("old.yaml", Manifests.Module("old", site.Image("sleeper:1"))),
            ("same.yaml", Manifests.Module("same", site.Image("sleeper:1"))),
            ("banner.yaml", Manifests.ConfigFile("banner", "${vars.root}/banner", "first\n")));
        await device.StartAsync();
        await device.ReachesAsync(first);
        var same = await device.ContainerAsync("same");

        var second = await repository.CommitAsync(
            ("web.yaml", Manifests.Module("web", site.Image("sleeper:2"))),
            ("same.yaml", Manifests.Module("same", site.Image("sleeper:1"))),
            ("banner.yaml", Manifests.ConfigFile("banner", "${vars.root}/banner", "second\n")));
        await device.ReachesAsync(second);

        await Eventually.SucceedsAsync(async () => (await device.ContainersAsync()).Select(c => (c.Name, c.Image)).Should().BeEquivalentTo(
            [("web", site.Image("sleeper:2")), ("same", site.Image("sleeper:1"))]));
        (await device.ContainerAsync("same")).Id.Should().Be(same.Id);
        File.ReadAllText($"{device.FilesRoot}/banner").Should().Be("second\n");
    }

    [Fact]
    public async Task A_pruned_file_gives_way_to_what_was_there_before()
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url);
        File.WriteAllText($"{device.FilesRoot}/banner", "from the factory\n");
        var web = ("web.yaml", Manifests.Module("web", site.Image("sleeper:1")));
        var first = await repository.CommitAsync(web, ("banner.yaml", Manifests.ConfigFile("banner", "${vars.root}/banner", "ours\n")));
        await device.StartAsync();
        await device.ReachesAsync(first);

        await device.ReachesAsync(await repository.CommitAsync(web));

        await Eventually.SucceedsAsync(() => File.ReadAllText($"{device.FilesRoot}/banner").Should().Be("from the factory\n"));
    }

    [Fact]
    public async Task A_named_volume_outlives_every_update_and_removal_of_its_module()
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url);
        var volume = $"{device.Owner}-data";
        string Keeper(string tag) => Manifests.Module("keeper", site.Image($"sleeper:{tag}"), $"volumes:\n  - {volume}:/data");
        var other = ("other.yaml", Manifests.Module("other", site.Image("sleeper:1")));
        await device.StartAsync();
        await device.ReachesAsync(await repository.CommitAsync(other, ("keeper.yaml", Keeper("1"))));
        await site.ExecuteAsync("keeper", "sh", "-c", "echo kept > /data/mark");

        await device.ReachesAsync(await repository.CommitAsync(other, ("keeper.yaml", Keeper("2"))));
        await device.ReachesAsync(await repository.CommitAsync(other));
        await device.ReachesAsync(await repository.CommitAsync(other, ("keeper.yaml", Keeper("3"))));

        (await site.ExecuteAsync("keeper", "cat", "/data/mark")).Should().Be("kept\n");
    }
}
