using EdgeOperator.EndToEndTests.Support;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests;

/// <summary>What somebody changes by hand is put right, without waiting for a poll.</summary>
[Collection(AtSite.Name)]
public class HealTests(Site site)
{
    [Fact]
    public async Task A_removed_container_comes_back()
    {
        await RunsAsync(async device =>
        {
            var before = await device.ContainerAsync("web");

            await site.DockerAsync("rm", "-f", "web");

            await Eventually.SucceedsAsync(async () =>
            {
                var web = await device.ContainerAsync("web");
                web.IsRunning.Should().BeTrue();
                web.Id.Should().NotBe(before.Id);
            });
        });
    }

    [Fact]
    public async Task A_stopped_container_is_started_again()
    {
        await RunsAsync(async device =>
        {
            var before = await device.ContainerAsync("web");

            await site.DockerAsync("stop", "-t", "1", "web");

            await Eventually.SucceedsAsync(
                async () => (await device.ContainerAsync("web")).Should().Be(before), Eventually.Slow);
        });
    }

    [Fact]
    public async Task An_edited_or_deleted_file_is_written_again()
    {
        await RunsAsync(async device =>
        {
            var path = $"{device.FilesRoot}/banner";

            File.WriteAllText(path, "edited by hand\n");
            await Eventually.SucceedsAsync(() => File.ReadAllText(path).Should().Be("ours\n"));

            File.Delete(path);
            await Eventually.SucceedsAsync(() => File.ReadAllText(path).Should().Be("ours\n"));

            File.SetUnixFileMode(path, UnixFileMode.UserRead);
            await Eventually.SucceedsAsync(() => File.GetUnixFileMode(path).Should().Be(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead));
        });
    }

    private async Task RunsAsync(Func<Device, Task> then)
    {
        using var repository = await Repository.CreateAsync();
        await using var device = site.NewDevice(repository.Url);
        var commit = await repository.CommitAsync(
            ("web.yaml", Manifests.Module("web", site.Image("sleeper:1"))),
            ("banner.yaml", Manifests.ConfigFile("banner", "${vars.root}/banner", "ours\n")));
        await device.StartAsync();
        await device.ReachesAsync(commit);
        await then(device);
    }
}
