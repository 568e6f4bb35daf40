using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Logs;

/// <summary>
/// All log lines of an app's host: into its files, to those who follow them and, if asked for, to a terminal. Written in
/// the background; when lines come faster than a disk takes them, some are dropped, which the log says.
/// </summary>
public sealed class AppLog : IInvocationLog, IAsyncDisposable
{
    private const int MostWaiting = 8192;
    private const int MostAtOnce = 512;

    // Lines seldom come alone: those of so long share a write, or a busy host would write the disk once a line.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(50);

    private readonly Channel<LogLine> _lines = Channel.CreateBounded<LogLine>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Lock _lock = new();
    private readonly LogFiles _files;
    private readonly TextWriter? _terminal;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _writing;
    private ImmutableArray<Channel<string>> _followers = [];
    private volatile LogLevels _levels = new(new());
    private long _dropped;

    /// <param name="terminal">Null for none.</param>
    public AppLog(string folder, TextWriter? terminal, TimeProvider time)
    {
        _files = new(folder);
        _terminal = terminal;
        _time = time;
        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>From now on, host.json's levels decide what is kept.</summary>
    internal void Use(HostSettings settings) => _levels = new(settings);

    internal bool Keeps(string category, LogLevel level) => _levels.Keep(category, level);

    public void Write(in LogLine line)
    {
        if (Keeps(line.Category, line.Level) && !_lines.Writer.TryWrite(line))
            Interlocked.Increment(ref _dropped);
    }

    /// <summary>The newest lines, oldest first; then, if following, each as it comes.</summary>
    /// <param name="function">Only this function's; null for all.</param>
    public async IAsyncEnumerable<string> ReadAsync(int tail, bool follow, string? function, [EnumeratorCancellation] CancellationToken cancellation)
    {
        bool Wanted(string line) => function is null || LogText.IsOf(line, function);
        var mine = Channel.CreateBounded<string>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest });
        IReadOnlyList<string> before;
        lock (_lock)
        {
            before = _files.Tail(tail, Wanted);
            if (follow)
                _followers = _followers.Add(mine);
        }

        try
        {
            foreach (var line in before)
                yield return line;

            if (!follow)
                yield break;

            await foreach (var line in mine.Reader.ReadAllAsync(cancellation))
            {
                if (Wanted(line))
                    yield return line;
            }
        }
        finally
        {
            lock (_lock)
                _followers = _followers.Remove(mine);
        }
    }

    /// <summary>Writes what is left, and ends those who follow.</summary>
    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _ending.CancelAsync();
        await _writing;
        _ending.Dispose();
        lock (_lock)
        {
            foreach (var follower in _followers)
                follower.Writer.TryComplete();
        }

        _files.Dispose();
    }

    private async Task WriteAllAsync()
    {
        var batch = new List<string>(MostAtOnce);
        while (await _lines.Reader.WaitToReadAsync())
        {
            if (batch.Count < MostAtOnce)
                await Task.Delay(Gathering, TimeProvider.System, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            batch.Clear();
            while (batch.Count < MostAtOnce && _lines.Reader.TryRead(out var line))
                batch.Add(LogText.Of(line));

            if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
                batch.Add(LogText.Of(new(_time.GetUtcNow(), LogLevel.Warning, "Host.Log", null, null, $"{dropped} lines were dropped: they came faster than they could be written")));

            Write(batch);
        }
    }

    private void Write(List<string> batch)
    {
        lock (_lock)
        {
            try
            {
                _files.Write(batch);
            }
            catch (Exception full) when (full is IOException or UnauthorizedAccessException)
            {
                // A full disk must not end the host; followers and terminal still get the lines.
            }

            foreach (var line in batch)
            {
                _terminal?.WriteLine(line);
                foreach (var follower in _followers)
                    follower.Writer.TryWrite(line);
            }
        }
    }
}
