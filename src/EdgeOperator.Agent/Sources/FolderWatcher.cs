using System.Threading.Channels;

namespace EdgeOperator.Agent.Sources;

/// <summary>Reports when something in a folder has changed and no further change follows, also when the folder itself comes and goes.</summary>
internal sealed class FolderWatcher(string root, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(200);

    // A folder that is written to without end is read all the same.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(Action changed, CancellationToken cancellation)
    {
        var (watcher, identity) = (Watch(), Identity());
        try
        {
            while (true)
            {
                if (await IsSignalledAsync(Look, cancellation))
                {
                    var first = time.GetTimestamp();
                    while (await IsSignalledAsync(Rest, cancellation) && time.GetElapsedTime(first) < Timeout)
                    {
                    }

                    changed();
                }

                // A watch is bound to the folder that was there when it began.
                if (watcher is null || Identity() != identity)
                {
                    var existed = watcher is not null;
                    watcher?.Dispose();
                    (watcher, identity) = (Watch(), Identity());
                    if (existed || watcher is not null)
                        changed();
                }
            }
        }
        finally
        {
            watcher?.Dispose();
        }
    }

    private async Task<bool> IsSignalledAsync(TimeSpan within, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(within, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            return await _signals.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private FileSystemWatcher? Watch()
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(root) { IncludeSubdirectories = true };
            watcher.Changed += (_, _) => Signal();
            watcher.Created += (_, _) => Signal();
            watcher.Deleted += (_, _) => Signal();
            watcher.Renamed += (_, _) => Signal();
            watcher.Error += (_, _) => Signal();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            watcher?.Dispose();
            return null;
        }
    }

    private void Signal() => _signals.Writer.TryWrite(true);

    // Another folder in the same place was made at another time; 1601 when there is none.
    private DateTime Identity() => Directory.GetCreationTimeUtc(root);
}
