using System.Threading.Channels;
using EdgeOperator.Agent.Sources;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Sources;

public sealed class FolderWatcherTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(30));
    private readonly Channel<bool> _changes = Channel.CreateUnbounded<bool>();
    private Task _watching = Task.CompletedTask;

    private string Watched => Path.Combine(_folder, "watched");

    public Task InitializeAsync()
    {
        Directory.CreateDirectory(Watched);
        _watching = new FolderWatcher(Watched, TimeProvider.System).RunAsync(() => _changes.Writer.TryWrite(true), _deadline.Token);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _deadline.CancelAsync();
        await _watching.Invoking(w => w).Should().ThrowAsync<OperationCanceledException>();
    }

    public void Dispose()
    {
        _deadline.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_file_written_renamed_or_deleted_is_seen()
    {
        var file = Path.Combine(Watched, "a.yaml");

        await File.WriteAllTextAsync(file, "a");
        await SeenAsync();
        File.Move(file, file + "ml");
        await SeenAsync();
        File.Delete(file + "ml");
        await SeenAsync();
    }

    [Fact]
    public async Task A_file_deep_inside_is_seen()
    {
        Directory.CreateDirectory(Path.Combine(Watched, "x", "y"));
        await SeenAsync();

        await File.WriteAllTextAsync(Path.Combine(Watched, "x", "y", "a.yaml"), "a");
        await SeenAsync();
    }

    [Fact]
    public async Task A_burst_of_changes_is_one_change()
    {
        for (var i = 0; i < 50; i++)
            await File.WriteAllTextAsync(Path.Combine(Watched, $"{i}.yaml"), "a");
        await SeenAsync();

        // Whatever was left of the burst would come before this.
        Directory.Delete(Watched, recursive: true);
        await SeenAsync();
        _changes.Reader.Count.Should().BeLessThan(5);
    }

    [Fact]
    public async Task A_folder_that_goes_and_comes_back_is_watched_on()
    {
        Directory.Delete(Watched, recursive: true);
        await SeenAsync();

        Directory.CreateDirectory(Watched);
        await SeenAsync();

        // The first may still be about the folder itself.
        await Eventually.SucceedsAsync(async () =>
        {
            await File.WriteAllTextAsync(Path.Combine(Watched, "a.yaml"), "a");
            await SeenAsync(TimeSpan.FromSeconds(1));
        });
    }

    private Task SeenAsync() => SeenAsync(TimeSpan.FromSeconds(20));

    private async Task SeenAsync(TimeSpan within) => await _changes.Reader.ReadAsync(_deadline.Token).AsTask().WaitAsync(within);
}
