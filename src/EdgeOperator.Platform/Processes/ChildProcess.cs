using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Platform.Processes;

/// <summary>How a program ended, and what it complained about.</summary>
public readonly record struct ChildResult(int ExitCode, string Errors);

/// <summary>Watches a running program; what it throws ends the program.</summary>
/// <param name="group">The process group that the program and all that it starts belong to; 0 where there are none.</param>
public delegate Task ChildGuard(int group, CancellationToken cancellation);

/// <summary>Runs a program to its end in an environment that inherits nothing.</summary>
public static class ChildProcess
{
    private const int MaxErrors = 64 * 1024;
    private const int KillSignal = 9;

    private static readonly string? NewSession = OperatingSystem.IsLinux()
        ? ((string[])["/usr/bin/setsid", "/bin/setsid"]).FirstOrDefault(File.Exists)
        : null;

    /// <param name="input">What the program reads, then the end.</param>
    /// <param name="read">Reads all that the program prints.</param>
    /// <exception cref="Win32Exception">The program can't be started.</exception>
    /// <exception cref="OperationCanceledException">The program was killed, with all that it had started.</exception>
    public static Task<ChildResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string>> environment,
        string folder,
        string input,
        Func<Stream, CancellationToken, Task> read,
        CancellationToken cancellation) =>
        RunAsync(program, arguments, environment, folder, Encoding.UTF8.GetBytes(input), read, cancellation);

    /// <inheritdoc cref="RunAsync(string, IEnumerable{string}, IEnumerable{KeyValuePair{string, string}}, string, string, Func{Stream, CancellationToken, Task}, CancellationToken)"/>
    public static Task<ChildResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string>> environment,
        string folder,
        ReadOnlyMemory<byte> input,
        Func<Stream, CancellationToken, Task> read,
        CancellationToken cancellation) =>
        RunAsync(new ProcessStartInfo(program, arguments), environment, folder, WriteThenRead(input, read), group: false, guard: null, cancellation);

    /// <summary>
    /// The same with the program as the leader of a process group of its own, so that everything it has started ends with
    /// it when it is killed, also what has lost its parent.
    /// </summary>
    /// <param name="guard">Runs beside the program until it ends; null for none.</param>
    /// <exception cref="Win32Exception">The program can't be started.</exception>
    /// <exception cref="OperationCanceledException">The program was killed, with all that it had started.</exception>
    public static Task<ChildResult> RunGroupAsync(
        string program,
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string>> environment,
        string folder,
        ReadOnlyMemory<byte> input,
        Func<Stream, CancellationToken, Task> read,
        ChildGuard? guard,
        CancellationToken cancellation) =>
        RunAsync(InGroup(program, arguments), environment, folder, WriteThenRead(input, read), group: NewSession is not null, guard, cancellation);

    /// <summary>The same with a program that is asked and answers by turns.</summary>
    /// <param name="converse">Writes what the program reads, and reads all that it prints. Closes what it writes to when it has no more questions.</param>
    /// <exception cref="Win32Exception">The program can't be started.</exception>
    /// <exception cref="OperationCanceledException">The program was killed, with all that it had started.</exception>
    public static Task<ChildResult> ConverseAsync(
        string program,
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string>> environment,
        string folder,
        Func<Stream, Stream, CancellationToken, Task> converse,
        CancellationToken cancellation) =>
        RunAsync(InGroup(program, arguments), environment, folder, converse, group: NewSession is not null, guard: null, cancellation);

    private static ProcessStartInfo InGroup(string program, IEnumerable<string> arguments) =>
        NewSession is null ? new(program, arguments) : new(NewSession, [PathOf(program), .. arguments]);

    private static async Task<ChildResult> RunAsync(
        ProcessStartInfo start,
        IEnumerable<KeyValuePair<string, string>> environment,
        string folder,
        Func<Stream, Stream, CancellationToken, Task> converse,
        bool group,
        ChildGuard? guard,
        CancellationToken cancellation)
    {
        start.WorkingDirectory = folder;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment.Clear();
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var guarding = guard?.Invoke(group ? process.Id : 0, ended.Token) ?? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ended.Token);
        try
        {
            var errors = ReadErrorsAsync(process.StandardError.BaseStream, ended.Token);

            // Pipes can't be read with cancellation everywhere, and what the program has started may hold them open.
            var running = Task.WhenAll(
                ConverseAsync(process, group, converse, ended.Token),
                errors,
                process.WaitForExitAsync(ended.Token)).WaitAsync(ended.Token);
            if (await Task.WhenAny(running, guarding) == guarding)
                await guarding;

            await running;
            return new(process.ExitCode, await errors);
        }
        catch
        {
            Kill(process, group);
            throw;
        }
        finally
        {
            await ended.CancelAsync();
            await guarding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // setsid itself would report a missing program by an exit code like any other.
    private static string PathOf(string program)
    {
        var folders = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [];
        return folders.Select(f => Path.Combine(f, program)).FirstOrDefault(File.Exists) ?? throw new Win32Exception(2);
    }

    // A reader that has seen enough ends the program, which would wait for ever to be read.
    private static async Task ConverseAsync(Process process, bool group, Func<Stream, Stream, CancellationToken, Task> converse, CancellationToken cancellation)
    {
        try
        {
            await converse(process.StandardInput.BaseStream, process.StandardOutput.BaseStream, cancellation);
        }
        catch
        {
            Kill(process, group);
            throw;
        }
    }

    private static Func<Stream, Stream, CancellationToken, Task> WriteThenRead(ReadOnlyMemory<byte> input, Func<Stream, CancellationToken, Task> read) =>
        async (to, from, cancellation) =>
        {
            // A reader that fails ends the program, also while that waits to be read and reads nothing more itself.
            var writing = WriteAsync(to, input, cancellation);
            await read(from, cancellation);
            await writing;
        };

    private static async Task WriteAsync(Stream stream, ReadOnlyMemory<byte> input, CancellationToken cancellation)
    {
        try
        {
            await using (stream)
                await stream.WriteAsync(input, cancellation);
        }
        catch (IOException)
        {
            // The program ended without reading all of it; its exit code tells.
        }
    }

    private static async Task<string> ReadErrorsAsync(Stream stream, CancellationToken cancellation)
    {
        var text = new MemoryStream();
        var buffer = new byte[4096];
        while (await stream.ReadAsync(buffer, cancellation) is var count and > 0)
        {
            // Read on when it is too much, so that the program does not wait for ever.
            if (text.Length < MaxErrors)
                text.Write(buffer, 0, count);
        }

        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    private static void Kill(Process process, bool group)
    {
        if (OperatingSystem.IsLinux() && group)
            Posix.Signal(-process.Id, KillSignal);

        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended by itself.
        }
    }
}
