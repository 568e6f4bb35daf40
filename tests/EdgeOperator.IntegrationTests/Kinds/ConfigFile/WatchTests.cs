using System.Collections.Concurrent;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.State;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.ConfigFile;

public sealed class WatchTests : FileFixture
{
    private readonly ConcurrentQueue<string> _seen = new();
    private readonly CancellationTokenSource _stop = new();

    [Fact]
    public async Task A_change_a_deletion_a_replacement_and_another_mode_are_seen()
    {
        var watching = await WatchAsync(ConfigFile(At("f")));

        await SeenAsync("f", () => File.AppendAllText(At("f"), "by hand"));
        await SeenAsync("f", () => File.Delete(At("f")));
        await SeenAsync("f", () =>
        {
            File.WriteAllText(At("other"), "by hand");
            File.Move(At("other"), At("f"));
        });
        await SeenAsync("f", () => File.SetUnixFileMode(At("f"), UnixFileMode.UserRead));

        await StopAsync(watching);
    }

    [Fact]
    public async Task Other_files_in_the_folder_are_not_told()
    {
        var watching = await WatchAsync(ConfigFile(At("f")));

        await File.WriteAllTextAsync(At("other"), "");
        await SeenAsync("f", () => File.AppendAllText(At("f"), "by hand"));

        _seen.Should().OnlyContain(s => s.Contains(At("f")));
        await StopAsync(watching);
    }

    [Fact]
    public async Task Looking_without_finding_anything_to_do_raises_nothing()
    {
        var (file, marker) = (ConfigFile(At("f")), ConfigFile(At("marker"), name: "marker"));
        var watching = await WatchAsync(file, marker);
        await SeenAsync("f", () => File.AppendAllText(At("f"), "by hand"));
        await WrittenAsync(file);
        await SeenAsync("marker", () => File.AppendAllText(At("marker"), "1"));
        _seen.Clear();

        for (var i = 0; i < 5; i++)
        {
            await LookAsync(file, marker);
        }

        // Events come in order: what the looks had raised would be before this.
        await SeenAsync("marker", () => File.AppendAllText(At("marker"), "2"));
        _seen.Should().OnlyContain(s => s.Contains(At("marker")));
        await StopAsync(watching);
    }

    [Fact]
    public async Task A_folder_that_comes_later_or_is_replaced_is_watched_from_the_next_look_on()
    {
        var file = ConfigFile(At("d/f"));
        var watching = await WatchAsync(file);
        Directory.CreateDirectory(At("d"));
        await LookAsync(file);
        await SeenAsync("d/f", () => File.WriteAllText(At("d/f"), "one"));

        Directory.Delete(At("d"), recursive: true);
        Directory.CreateDirectory(At("d"));
        await LookAsync(file);
        _seen.Clear();

        await SeenAsync("d/f", () => File.WriteAllText(At("d/f"), "two"));
        await StopAsync(watching);
    }

    [Fact]
    public async Task More_folders_than_can_be_watched_are_still_observed()
    {
        var files = Enumerable.Range(0, 40).Select(i => ConfigFile(At($"d{i:00}/f"), name: $"f{i}")).ToArray();
        foreach (var file in files)
        {
            await WrittenAsync(file);
        }

        var watching = await WatchAsync(files);

        await SeenAsync("d00/f", () => File.AppendAllText(At("d00/f"), "by hand"));
        await File.AppendAllTextAsync(At("d39/f"), "by hand");
        (await LookAsync(files)).Files[At("d39/f")].ContentHash.Should().NotBe(files[39].File.ContentHash);
        await StopAsync(watching);
    }

    [Fact]
    public async Task Files_that_are_no_longer_desired_are_not_watched()
    {
        var (file, marker) = (ConfigFile(At("d/f")), ConfigFile(At("marker"), name: "marker"));
        Directory.CreateDirectory(At("d"));
        var watching = await WatchAsync(file, marker);
        await LookAsync(marker);

        await File.WriteAllTextAsync(At("d/f"), "");
        await SeenAsync("marker", () => File.WriteAllText(At("marker"), ""));

        _seen.Should().OnlyContain(s => s.Contains(At("marker")));
        await StopAsync(watching);
    }

    private async Task<Task> WatchAsync(params ConfigFileResource[] files)
    {
        await LookAsync(files);
        return Driver.WatchAsync(_seen.Enqueue, _stop.Token);
    }

    private async Task<ObservedState> LookAsync(params ConfigFileResource[] files)
    {
        var observed = await Driver.ObserveAsync(ObservedState.Nothing, Desired(files), CancellationToken.None);
        await Driver.FollowAsync(new(Desired(files), observed));
        return observed;
    }

    private async Task SeenAsync(string name, Action change)
    {
        _seen.Clear();
        change();
        await Eventually.TrueAsync($"a change of {name} is told", () => _seen.Contains($"file {At(name)} changed"));
    }

    private async Task StopAsync(Task watching)
    {
        await _stop.CancelAsync();
        await watching.Invoking(w => w).Should().ThrowAsync<OperationCanceledException>();
        _stop.Dispose();
    }
}
