using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Timing;

namespace EdgeOperator.Platform.Processes;

/// <summary>
/// Starts processes that run on when the agent ends, finds them again when it is back, and stops them. Each has a folder of
/// the agent's own, by which it is named here. When to start one again is not decided here.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class ProcessSupervisor(TimeProvider time)
{
    private const int Terminate = 15;
    private const int Kill = 9;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan KillTimeout = TimeSpan.FromSeconds(5);
    /// <summary>What was printed before is of something else.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, Watched> _watched = new();
    private readonly PollTimer _look = new(Look, time);

    /// <summary>Processes whose record is damaged, by their folders; null where none runs.</summary>
    private readonly ConcurrentDictionary<string, ProcessIdentity?> _recovered = new();
    private volatile Action<string>? _ended;

    /// <summary>The process of a folder, whoever started it; null when none runs.</summary>
    public ProcessIdentity? Find(string folder)
    {
        if (Known(folder) is not { IsAlive: true } process)
            return null;
        if (_watched.TryAdd(folder, new()))
            _look.Wake();
        return process;
    }

    /// <summary>As <see cref="Find"/>, also when its record is lost, which is written again then. Takes long: it looks at all processes.</summary>
    /// <exception cref="IOException">The record can't be written.</exception>
    public ProcessIdentity? Adopt(string folder)
    {
        var record = Launch.RecordIn(folder);
        if (ProcessIdentity.Read(record) is { } known)
            return known.IsAlive ? Find(folder) : null;
        ProcessIdentity.Search(record)?.Write(record);
        _recovered.TryRemove(folder, out _);
        return Find(folder);
    }

    /// <summary>
    /// Why a process has ended that was not stopped: its exit code, and its last line of output if that is of its end; null when there was
    /// none. Where nobody saw the end, the line is told with its time.
    /// </summary>
    public string? ExitReasonOf(string folder)
    {
        if (Known(folder) is null)
            return null;
        var watched = _watched.GetValueOrDefault(folder);
        var code = watched?.ExitCode is { } known ? $"it ended with code {known}" : "it ended";
        if (OutputFile.LastLine(Launch.OutputIn(folder), out var written) is not { } line)
            return code;
        return watched?.EndedAt is not { } ended ? string.Create(CultureInfo.InvariantCulture, $"{code}; its last output, at {written:yyyy-MM-ddTHH:mm:ssZ}: {line}")
            : ended - written < LastWords ? $"{code}: {line}" : code;
    }

    /// <summary>Starts a process, unless the folder has one that runs. Returns when it is about to become its program.</summary>
    /// <exception cref="IOException">It could not be started.</exception>
    public async Task<ProcessIdentity> StartAsync(Launch launch, CancellationToken cancellation)
    {
        if (Adopt(launch.Folder) is { } running)
            return running;
        if (Known(launch.Folder) is { } ended)
            await KillSessionAsync(ended, cancellation);
        Forget(launch.Folder);

        OutputFile.Create(launch.Output);
        var process = Spawn(launch);
        var watched = new Watched();
        _watched[launch.Folder] = watched;
        _look.Wake();
        var exit = NoteExitAsync(process, launch.Folder, watched);
        using var deadline = new CancellationTokenSource(StartTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        while (true)
        {
            if (ProcessIdentity.Read(launch.Record) is { } started)
                return started;
            if (exit.IsCompleted || deadline.IsCancellationRequested)
                throw new IOException($"{launch.Program} could not be started: {OutputFile.LastLine(launch.Output) ?? "no reason was given"}");
            await Task.WhenAny(exit, Task.Delay(Pause, time, either.Token));
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Asks a process to end, gives it that long, then kills it and all that is left of its session.</summary>
    public async Task StopAsync(string folder, TimeSpan grace, CancellationToken cancellation)
    {
        if ((Adopt(folder) ?? Known(folder)) is { } process)
        {
            if (process.IsAlive)
                Posix.Signal(process.Id, Terminate);
            for (var since = time.GetTimestamp(); process.IsAlive && time.GetElapsedTime(since) < grace;)
                await Task.Delay(Pause, time, cancellation);
            await KillSessionAsync(process, cancellation);
        }

        _watched.TryRemove(folder, out _);
        Forget(folder);
    }

    /// <summary>Calls <paramref name="ended"/> when a process has ended, and keeps outputs small. Runs until cancelled.</summary>
    public async Task WatchAsync(Action<string> ended, CancellationToken cancellation)
    {
        _ended = ended;
        while (true)
        {
            await _look.NextAsync(() => !_watched.IsEmpty, cancellation);
            foreach (var (folder, watched) in _watched)
            {
                OutputFile.Bound(Launch.OutputIn(folder));
                if (!watched.IsEnded && Known(folder) is { IsAlive: false })
                    Note(folder, watched, exitCode: null);
            }
        }
    }

    private ProcessIdentity? Known(string folder)
    {
        var record = Launch.RecordIn(folder);
        var process = ProcessIdentity.Read(record, out var isDamaged);
        return isDamaged ? _recovered.GetOrAdd(folder, _ => ProcessIdentity.Search(record)) : process;
    }

    private void Forget(string folder)
    {
        _recovered.TryRemove(folder, out _);
        StateFile.Delete(Launch.RecordIn(folder));
    }

    private static Process Spawn(Launch launch)
    {
        try
        {
            return Process.Start(launch.ToStartInfo())!;
        }
        catch (Win32Exception e)
        {
            throw new IOException($"{launch.Program} could not be started with setsid: {e.Message}", e);
        }
    }

    // Its parent has to take note of its end, or it stays a zombie.
    private async Task NoteExitAsync(Process process, string folder, Watched watched)
    {
        using (process)
        {
            await process.WaitForExitAsync(CancellationToken.None);
            Note(folder, watched, process.ExitCode);
        }
    }

    private void Note(string folder, Watched watched, int? exitCode)
    {
        var isNews = !watched.IsEnded;
        watched.ExitCode ??= exitCode;
        watched.EndedAt ??= time.GetUtcNow();
        watched.IsEnded = true;
        if (isNews && _watched.GetValueOrDefault(folder) == watched)
            _ended?.Invoke($"the process of {Path.GetFileName(folder)} has ended");
    }

    // Again and again: what is killed may have started something meanwhile. What waits for a disk ends when that answers.
    private async Task KillSessionAsync(ProcessIdentity process, CancellationToken cancellation)
    {
        var since = time.GetTimestamp();
        for (var left = process.Session().ToList(); left.Count > 0 && time.GetElapsedTime(since) < KillTimeout; left = [.. process.Session()])
        {
            foreach (var id in left)
                Posix.Signal(id, Kill);
            await Task.Delay(Pause, time, cancellation);
        }
    }

    private sealed class Watched
    {
        public volatile bool IsEnded;

        /// <summary>Of a process that this agent started; nobody tells those of others.</summary>
        public int? ExitCode { get; set; }

        /// <summary>When its end was noticed.</summary>
        public DateTimeOffset? EndedAt { get; set; }
    }
}
