using EdgeOperator.Core.State;
using EdgeOperator.EndToEndTests.Support;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests;

/// <summary>Commits that can't be taken leave the last good revision running and say what is wrong with them.</summary>
[Collection(AtSite.Name)]
public class InvalidCommitTests(Site site)
{
    [Fact]
    public async Task A_mistake_in_a_manifest_is_reported_with_file_line_and_column()
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url);
        var web = Manifests.Module("web", site.Image("sleeper:1"));
        var good = await repository.CommitAsync(("web.yaml", web));
        await device.StartAsync();
        await device.ReachesAsync(good);
        var before = await device.ContainersAsync();

        var invalid = await repository.CommitAsync(("shop/web.yaml", web.Replace("image:", "imgae:", StringComparison.Ordinal)));
        await device.SeesAsync("the mistake is in the status", status =>
            status.Applied?.Id == good && status.Desired?.Id == invalid
            && status.Conditions.Any(c => c.Status == ConditionStatus.True && c.Message.Contains("shop/web.yaml:6:3", StringComparison.Ordinal)));

        (await device.EdgeopAsync("status")).Output.Should().Contain("shop/web.yaml:6:3");
        (await device.EdgeopAsync("history")).Output.Should().Contain(invalid[..7]);
        (await device.ContainersAsync()).Should().BeEquivalentTo(before);

        await device.ReachesAsync(await repository.CommitAsync(("shop/web.yaml", web)));
        (await device.ContainersAsync()).Should().BeEquivalentTo(before);
    }

    [Fact]
    public async Task A_commit_without_anything_for_the_device_removes_nothing()
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url);
        var good = await repository.CommitAsync(("web.yaml", Manifests.Module("web", site.Image("sleeper:1"))));
        await device.StartAsync();
        await device.ReachesAsync(good);
        var before = await device.ContainersAsync();

        var empty = await repository.CommitAsync(("README.md", "Nothing here.\n"));

        await device.SeesAsync("the empty revision is refused", s => s.Desired?.Id == empty && s.Applied?.Id == good && Device.Is(s, Condition.Stalled));
        (await device.ContainersAsync()).Should().BeEquivalentTo(before);
    }

    [Fact]
    public async Task A_container_that_somebody_else_made_keeps_its_name_and_its_life()
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url);
        await site.DockerAsync("pull", "-q", site.Image("sleeper:1"));
        var foreign = (await site.DockerAsync("run", "-d", "--name", "taken", site.Image("sleeper:1"))).Trim();
        try
        {
            await repository.CommitAsync(
                ("taken.yaml", Manifests.Module("taken", site.Image("sleeper:2"))),
                ("web.yaml", Manifests.Module("web", site.Image("sleeper:1"))));
            await device.StartAsync();

            await device.SeesAsync("the clash is reported", status => status.Resources.Any(r =>
                r.Name == "taken" && r.Conditions.Any(c => c.Type == Condition.Ready && c.Status == ConditionStatus.False && c.Message.Contains("taken", StringComparison.Ordinal))));
            await Eventually.SucceedsAsync(async () => (await device.ContainersAsync()).Should().ContainSingle(c => c.Name == "web" && c.IsRunning));
            (await site.DockerAsync("inspect", "-f", "{{.Id}} {{.State.Running}}", "taken")).Trim().Should().Be($"{foreign} true");
        }
        finally
        {
            await site.DockerAsync("rm", "-f", foreign);
        }
    }
}
