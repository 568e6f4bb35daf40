using EdgeOperator.Core.State;
using EdgeOperator.EndToEndTests.Support;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests;

/// <summary>A state directory without a free byte, on a small file system of its own.</summary>
[Collection(AtSite.Name)]
public sealed class FullDiskTests(Site site) : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _disk = new("disk");

    public Task InitializeAsync() => Shell.RunAsync("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", _disk);

    public Task DisposeAsync() => Shell.RunAsync("umount", "--lazy", _disk);

    public void Dispose() => _disk.Dispose();

    [Fact]
    public async Task A_full_disk_stops_updates_but_neither_modules_nor_healing_and_passes_with_the_next_free_byte()
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url, new() { StateDirectory = $"{_disk}/state" });
        var first = await repository.CommitAsync(("web.yaml", Manifests.Module("web", site.Image("sleeper:1"))));
        await device.StartAsync();
        await device.ReachesAsync(first);

        Fill();
        var second = await repository.CommitAsync(("web.yaml", Manifests.Module("web", site.Image("sleeper:2"))));
        await device.SeesAsync(
            "the device says that something is wrong",
            s => Device.Is(s, Condition.Degraded) || Device.Is(s, Condition.Stalled) || s.Sources.Single().Ready.Status == ConditionStatus.False);
        await site.DockerAsync("rm", "-f", "web");
        await Eventually.SucceedsAsync(async () => (await device.ContainerAsync("web")).IsRunning.Should().BeTrue());

        // An agent that starts on a full disk keeps what runs.
        await device.KillAsync();
        await device.StartAsync();
        await Eventually.SucceedsAsync(async () => (await device.ContainerAsync("web")).IsRunning.Should().BeTrue());

        File.Delete($"{_disk}/filler");
        await device.EdgeopAsync("reconcile");
        await device.ReachesAsync(second, TimeSpan.FromMinutes(2));
    }

    private void Fill()
    {
        using var filler = File.Create($"{_disk}/filler");
        var block = new byte[4096];
        try
        {
            while (true)
            {
                filler.Write(block);
                filler.Flush();
            }
        }
        catch (IOException)
        {
            // Full, which is the purpose.
        }
    }
}
