using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.EndToEndTests.Support;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests;

/// <summary>A revision that does not become healthy gives way to the last good one.</summary>
[Collection(AtSite.Name)]
public class RollBackTests(Site site)
{
    private (string, string) Web(string image) => ("web.yaml", Manifests.Module("web", site.Image(image)));

    /// <summary>Never healthy, and given up soon: its own time decides, and healthy revisions have the agent's, which is long.</summary>
    private (string, string) Sick => ("web.yaml", Manifests.Module("web", site.Image("unhealthy:1"), "healthTimeout: 6s"));

    private (string, string) Side(string image) => ("side.yaml", Manifests.Module("side", site.Image(image)));

    [Fact]
    public async Task The_last_good_containers_run_again_and_the_failed_revision_is_not_tried_again()
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url);
        var good = await repository.CommitAsync(Web("healthy:1"), Side("sleeper:1"));
        await device.StartAsync();
        await device.ReachesAsync(good);
        var before = await device.ContainersAsync();

        var bad = await repository.CommitAsync(Sick, Side("sleeper:2"));
        var status = await device.SeesAsync("the device is back", RolledBack(good, bad));

        status.Conditions.Single(c => c.Type == Condition.Stalled).Message.Should().Contain(bad[..7]);
        await Eventually.SucceedsAsync(async () => (await device.ContainersAsync()).Should().BeEquivalentTo(before));

        await device.EdgeopAsync("reconcile");
        (await device.EdgeopAsync("history", "-o", "json")).Output.Split(bad).Should().HaveCount(2, "the bad revision ran once");
        (await device.ContainersAsync()).Should().BeEquivalentTo(before);
    }

    [Fact]
    public async Task A_failed_revision_is_remembered_over_a_restart_and_a_fix_is_taken_at_once()
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url);
        var good = await repository.CommitAsync(Web("healthy:1"));
        await device.StartAsync();
        await device.ReachesAsync(good);
        var bad = await repository.CommitAsync(Sick);
        await device.SeesAsync("the device is back", RolledBack(good, bad));
        var before = await device.ContainersAsync();

        await device.TerminateAsync();
        await device.StartAsync();
        await device.SeesAsync("the device stays back", RolledBack(good, bad));
        (await device.ContainersAsync()).Should().BeEquivalentTo(before);

        await device.ReachesAsync(await repository.CommitAsync(Web("healthy:2")));
    }

    [Fact]
    public async Task A_newer_revision_ends_the_wait_for_a_sick_one_at_once()
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url, new() { Deadline = "10m" });
        await device.StartAsync();
        await device.ReachesAsync(await repository.CommitAsync(Web("healthy:1")));
        var sick = await repository.CommitAsync(Web("unhealthy:1"));
        await device.SeesAsync("the sick revision is being applied", status => status.Applied?.Id == sick);

        var cure = await repository.CommitAsync(Web("healthy:2"));

        await device.ReachesAsync(cure);
        await Eventually.SucceedsAsync(async () =>
            (await device.ContainersAsync()).Should().ContainSingle().Which.Image.Should().Be(site.Image("healthy:2")));
    }

    [Fact]
    public async Task The_first_revision_of_all_has_nothing_to_go_back_to_and_says_so()
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url);
        await repository.CommitAsync(Sick);
        await device.StartAsync();

        await device.SeesAsync("the device is stalled", status => Device.Is(status, Condition.Stalled) && !Device.Is(status, Condition.Ready));

        await device.ReachesAsync(await repository.CommitAsync(Web("healthy:1")));
    }

    private static Func<DeviceStatus, bool> RolledBack(string good, string bad) => status =>
        status.Applied?.Id == good && status.LastGood?.Id == good && status.Desired?.Id == bad && Device.Is(status, Condition.Stalled);
}
