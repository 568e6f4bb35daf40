using System.Diagnostics;
using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Workers;

/// <summary>
/// A language worker's process. Its standard input stays open for as long as the host lives, so that a worker may end
/// with it.
/// </summary>
internal sealed class LanguageProcess : IAsyncDisposable
{
    private static readonly string[] Inherited = ["PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "SystemRoot", "DOTNET_ROOT", "JAVA_HOME"];

    private readonly Process _process;
    private readonly TimeProvider _time;

    private LanguageProcess(Process process, Action<string> output, Action<string> errors, TimeProvider time)
    {
        (_process, _time) = (process, time);
        Id = process.Id;
        Ended = WatchAsync(output, errors);
    }

    public int Id { get; }

    /// <summary>Completes with the exit code once the process has ended and all its output has been read.</summary>
    public Task<int> Ended { get; }

    /// <param name="extra">Environment variables besides the app's settings.</param>
    /// <param name="output">Gets the lines of standard output.</param>
    /// <param name="errors">Gets the lines of standard error.</param>
    /// <exception cref="AppException">It does not start.</exception>
    public static LanguageProcess Start(
        FunctionApp app,
        string program,
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string>> extra,
        Action<string> output,
        Action<string> errors,
        TimeProvider time)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = app.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var inherited = Inherited.Where(start.Environment.ContainsKey).Select(n => KeyValuePair.Create(n, start.Environment[n]!)).ToArray();
        start.Environment.Clear();
        foreach (var (name, value) in inherited.Concat(app.Settings).Concat(extra))
        {
            start.Environment[name] = value;
        }

        try
        {
            return new(Process.Start(start)!, output, errors, time);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new AppException($"{program} can't be started: {e.Message}", e);
        }
    }

    /// <summary>Closes the process's standard input and waits; kills it and its children when the time is over.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has closed its end already.
        }

        try
        {
            await Ended.WaitAsync(grace, _time);
        }
        catch (TimeoutException)
        {
            Kill();
            await Ended;
        }
    }

    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await Ended;
        _process.Dispose();
    }

    private async Task<int> WatchAsync(Action<string> output, Action<string> errors)
    {
        // A child of the worker may hold the pipes open for long after it.
        var reading = Task.WhenAll(ReadAsync(_process.StandardOutput, output), ReadAsync(_process.StandardError, errors));
        await _process.WaitForExitAsync();
        await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(1), _time));
        return _process.ExitCode;
    }

    private static async Task ReadAsync(StreamReader reader, Action<string> take)
    {
        try
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                take(line);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Ended.
        }
    }
}
