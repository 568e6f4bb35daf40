using System.ComponentModel;
using System.Diagnostics;

namespace EdgeOperator.Agent.Kinds.ConfigFile;

/// <summary>A program that is run to its end, without a shell and without input.</summary>
internal static class ActionProcess
{
    /// <summary>How much of the end of its output a failure quotes, in characters.</summary>
    private const int Quoted = 400;

    /// <summary>How long to wait for output that a child of the program holds open after the program has ended.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <returns>Why it failed; null when it ended with 0.</returns>
    public static async Task<string?> RunAsync(
        string program, IReadOnlyList<string> arguments, TimeSpan timeout, TimeProvider time, CancellationToken cancellation)
    {
        using var process = new Process
        {
            StartInfo = new(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = Path.GetPathRoot(Environment.CurrentDirectory)!,
            },
        };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            return $"{program} can't be started: {e.Message}";
        }

        process.StandardInput.Close();
        var output = new OutputTail(Quoted);
        var reading = Task.WhenAll(output.ReadAsync(process.StandardOutput), output.ReadAsync(process.StandardError));
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            await process.WaitForExitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellation.ThrowIfCancellationRequested();
            return $"it was stopped, since it did not end within {timeout.TotalSeconds:0} s{output}";
        }

        await Task.WhenAny(reading, Task.Delay(Grace, time, cancellation));
        return process.ExitCode == 0 ? null : $"it ended with {process.ExitCode}{output}";
    }

    /// <summary>The end of what a program prints, for a message.</summary>
    private sealed class OutputTail(int length)
    {
        private readonly Lock _lock = new();
        private string _text = "";

        public async Task ReadAsync(StreamReader reader)
        {
            try
            {
                var buffer = new char[1024];
                for (int read; (read = await reader.ReadAsync(buffer)) > 0;)
                {
                    lock (_lock)
                    {
                        _text += new string(buffer, 0, read);
                        _text = _text[Math.Max(0, _text.Length - length)..];
                    }
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
            {
                // The process is gone, and the reader with it: what was read is all there is.
            }
        }

        public override string ToString()
        {
            lock (_lock)
            {
                return _text.Trim() is { Length: > 0 } text ? $": {text}" : "";
            }
        }
    }
}
