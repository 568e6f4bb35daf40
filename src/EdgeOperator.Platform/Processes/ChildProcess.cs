using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace EdgeOperator.Platform.Processes;

/// <summary>How a program ended, and what it complained about.</summary>
public readonly record struct ChildResult(int ExitCode, string Errors);

/// <summary>Runs a program to its end in an environment that inherits nothing.</summary>
public static class ChildProcess
{
    private const int MaxErrors = 64 * 1024;

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
    public static async Task<ChildResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string>> environment,
        string folder,
        ReadOnlyMemory<byte> input,
        Func<Stream, CancellationToken, Task> read,
        CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        try
        {
            var errors = ReadErrorsAsync(process.StandardError.BaseStream, cancellation);

            // Pipes can't be read with cancellation everywhere, and what the program has started may hold them open.
            await Task.WhenAll(
                WriteAsync(process.StandardInput.BaseStream, input, cancellation),
                ReadAsync(process, read, cancellation),
                errors,
                process.WaitForExitAsync(cancellation)).WaitAsync(cancellation);
            return new(process.ExitCode, await errors);
        }
        catch
        {
            Kill(process);
            throw;
        }
    }

    // A reader that has seen enough ends the program, which would wait for ever to be read.
    private static async Task ReadAsync(Process process, Func<Stream, CancellationToken, Task> read, CancellationToken cancellation)
    {
        try
        {
            await read(process.StandardOutput.BaseStream, cancellation);
        }
        catch
        {
            Kill(process);
            throw;
        }
    }

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

    private static void Kill(Process process)
    {
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
