using System.ComponentModel;
using System.Diagnostics;
using EdgeOperator.Functions.App;
using EdgeOperator.Platform.Processes;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Workers.Processes;

/// <summary>A worker's process, with what it prints and how it ends.</summary>
public sealed class WorkerProcess : IAsyncDisposable
{
    private const int RememberedLines = 10;

    private static readonly TimeSpan OutputTimeout = TimeSpan.FromSeconds(1);

    // As .NET tells of SIGKILL.
    private const int Killed = 128 + 9;

    private readonly Process _process;
    private readonly Action<LogLevel, string> _output;
    private readonly Queue<string> _lastWords = new();
    private readonly Task _printing;
    private volatile bool _isKilled;

    private WorkerProcess(Process process, Action<LogLevel, string> output)
    {
        (_process, _output, Id) = (process, output, process.Id);
        _printing = Task.WhenAll(
            OutputLines.ReadAsync(process.StandardOutput, line => Print(LogLevel.Information, line)),
            OutputLines.ReadAsync(process.StandardError, line => Print(LevelOf(line), line)));
        Ended = WaitAsync();
    }

    public int Id { get; }

    /// <summary>Completes with how the process ended, as a text that goes after its name: "ended with code 1: …".</summary>
    public Task<string> Ended { get; }

    /// <summary>The latest lines it printed, to explain an end.</summary>
    public string LastErrorLine
    {
        get
        {
            lock (_lastWords)
            {
                return string.Join('\n', _lastWords);
            }
        }
    }

    /// <param name="output">Takes each line: Information for standard output, Warning or Error for standard error.</param>
    /// <exception cref="AppException">The program is missing or can't be started.</exception>
    public static async Task<WorkerProcess> StartAsync(ProcessSettings settings, Action<LogLevel, string> output)
    {
        string[] command = [.. ProcessGroup.Prefix, Executable.Find(settings), .. settings.Arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = settings.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in settings.Environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            return new(await Spawner.StartAsync(start), output);
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            throw new AppException($"{settings.Executable} can't be started: {e.Message}", e);
        }
    }

    public void Kill()
    {
        _isKilled = _isKilled || !Ended.IsCompleted;
        ProcessGroup.Kill(_process);
    }

    /// <summary>Asks the process to end, and kills it with all its children when the time is over.</summary>
    public async Task StopAsync(TimeSpan grace, TimeProvider time)
    {
        if (grace > TimeSpan.Zero && !Ended.IsCompleted)
        {
            ProcessGroup.AskToEnd(_process);
            await Task.WhenAny(Ended, Task.Delay(grace, time));
        }

        if (!Ended.IsCompleted)
        {
            Kill();
        }

        await Ended;
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await Ended;
        _process.Dispose();
    }

    // As the cloud tells them apart.
    private static LogLevel LevelOf(string error) => error.Contains("warn", StringComparison.OrdinalIgnoreCase) ? LogLevel.Warning : LogLevel.Error;

    private async Task<string> WaitAsync()
    {
        await _process.WaitForExitAsync();
        ProcessGroup.KillRest(Id);

        // The last lines; but a process of another session that it has left behind may hold the pipes open for ever.
        await _printing.WaitAsync(OutputTimeout, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var words = LastErrorLine;
        return (_isKilled && _process.ExitCode == Killed ? "was ended by the host (SIGKILL)" : ExitReason.Of(_process.ExitCode)) + (words.Length > 0 ? ": " + words[(words.LastIndexOf('\n') + 1)..] : "");
    }

    private void Print(LogLevel level, string line)
    {
        lock (_lastWords)
        {
            if (_lastWords.Count == RememberedLines)
            {
                _lastWords.Dequeue();
            }

            _lastWords.Enqueue(line);
        }

        _output(level, line);
    }
}
