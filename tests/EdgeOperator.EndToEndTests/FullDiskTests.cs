using EdgeOperator.Core.State;
using EdgeOperator.EndToEndTests.Support;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests;

/// <summary>A state directory without a free byte, on a small file system of its own.</summary>
[Collection(AtSite.Name)]
public sealed class FullDiskTests(Site site) : IAsyncLifetime
{
    private TinyDisk _disk = null!;

    public async Task InitializeAsync() => _disk = await TinyDisk.MountAsync(kilobytes: 8 * 1024);

    public async Task DisposeAsync() => await _disk.DisposeAsync();

    [Fact]
    public async Task A_full_disk_stops_updates_but_neither_modules_nor_healing_and_passes_with_the_next_free_byte()
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url, new() { StateDirectory = $"{_disk.Path}/state" });
        var first = await repository.CommitAsync(("web.yaml", Manifests.Module("web", site.Image("sleeper:1"))));
        await device.StartAsync();
        await device.ReachesAsync(first);

        _disk.Fill();
        var second = await repository.CommitAsync(("web.yaml", Manifests.Module("web", site.Image("sleeper:2"))));
        await device.SeesAsync(
            "the device says that something is wrong",
            s => Device.Is(s, Condition.Degraded) || Device.Is(s, Condition.Stalled) || s.Sources.Single().Ready.Status == ConditionStatus.False);
        await site.DockerAsync("rm", "-f", "web");
        await Eventually.SucceedsAsync(async () => (await device.ContainerAsync("web")).IsRunning.Should().BeTrue());

        // An agent that starts on a full disk keeps what runs.
        await device.KillAsync();
        _disk.Fill();
        await device.StartAsync();
        await Eventually.SucceedsAsync(async () => (await device.ContainerAsync("web")).IsRunning.Should().BeTrue());

        _disk.Free();
        await device.EdgeopAsync("reconcile");
        await device.ReachesAsync(second, TimeSpan.FromMinutes(2));
    }
}
