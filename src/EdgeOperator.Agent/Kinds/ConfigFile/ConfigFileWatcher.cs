using EdgeOperator.Platform.Files;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Kinds.ConfigFile;

/// <summary>
/// Reports when a managed file changes, by watching the folders of all of them. The agent's own writes are reported too: the
/// pass that follows finds nothing to do, writes nothing, and so ends the matter.
/// </summary>
/// <remarks>
/// At most <see cref="MaximumFolders"/> folders, as the kernel gives a user few watches; the files of further folders, and
/// of those that can't be watched, are looked at in every pass only.
/// </remarks>
internal sealed partial class ConfigFileWatcher(TimeProvider time, ILogger logger) : IDisposable
{
    public const int MaximumFolders = 32;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (FileIdentity Folder, FileSystemWatcher Watcher)> _watchers = new(StringComparer.Ordinal);

    // Never changed in place: the thread that reports changes reads them without the lock, see Seen.
    private volatile HashSet<string> _paths = [];
    private volatile Action<string>? _changed;
    private bool _hasWarned;

    /// <summary>Sets the files to watch, and watches anew those folders that came or were replaced meanwhile. Cheap when nothing changed.</summary>
    public void Watch(IEnumerable<string> paths)
    {
        lock (_lock)
        {
            _paths = paths.ToHashSet(StringComparer.Ordinal);
            if (_changed is not null)
                Refresh();
        }
    }

    /// <summary>Calls <paramref name="changed"/> when one of the files changed. Runs until cancelled.</summary>
    public async Task RunAsync(Action<string> changed, CancellationToken cancellation)
    {
        lock (_lock)
        {
            _changed = changed;
            Refresh();
        }

        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation);
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _changed = null;
            foreach (var folder in _watchers.Keys.ToList())
            {
                Unwatch(folder);
            }
        }
    }

    private void Refresh()
    {
        var wanted = _paths.Select(p => Path.GetDirectoryName(p)!).Distinct().Order(StringComparer.Ordinal).ToList();
        foreach (var gone in _watchers.Keys.Except(wanted).ToList())
        {
            Unwatch(gone);
        }

        foreach (var folder in wanted.Take(MaximumFolders))
        {
            Refresh(folder);
        }

        if (wanted.Count > MaximumFolders && !_hasWarned)
        {
            _hasWarned = true;
            LogTooMany(wanted.Count, MaximumFolders);
        }
    }

    private void Refresh(string folder)
    {
        var identity = Identity(folder);
        if (_watchers.TryGetValue(folder, out var known) && known.Folder == identity)
            return;
        Unwatch(folder);
        if (identity is not { } found)
            return;

        try
        {
            _watchers[folder] = (found, Start(folder));
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            LogNotWatched(folder, e.Message);
        }
    }

    private static FileIdentity? Identity(string folder)
    {
        try
        {
            using var pinned = DirectoryHandle.Open(folder);
            return pinned is null ? null : FileStatus.Of(pinned.RealPath)?.Identity;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private FileSystemWatcher Start(string folder)
    {
        var watcher = new FileSystemWatcher(folder)
        {
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite
                | NotifyFilters.Attributes | NotifyFilters.Security,
        };
        watcher.Changed += (_, e) => Seen(e.FullPath);
        watcher.Created += (_, e) => Seen(e.FullPath);
        watcher.Deleted += (_, e) => Seen(e.FullPath);
        watcher.Renamed += (_, e) =>
        {
            Seen(e.OldFullPath);
            Seen(e.FullPath);
        };
        watcher.Error += (_, e) => _changed?.Invoke($"the file system watch of {folder} was lost");
        watcher.EnableRaisingEvents = true;
        return watcher;
    }

    // Takes no lock: a watcher reports changes under a lock of its own, which starting and disposing watchers take too.
    private void Seen(string path)
    {
        if (_paths.Contains(path))
            _changed?.Invoke($"file {path} changed");
    }

    private void Unwatch(string folder)
    {
        if (_watchers.Remove(folder, out var known))
            known.Watcher.Dispose();
    }
}
