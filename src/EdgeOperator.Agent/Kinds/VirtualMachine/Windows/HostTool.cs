using System.Collections;
using System.ComponentModel;
using System.Diagnostics;
using EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Windows;

internal readonly record struct ToolResult(int ExitCode, byte[] Output, string Errors);

/// <summary>A program of the host's that manages its machines, run to its end without a window or a terminal.</summary>
/// <param name="variables">Are added to the agent's own environment.</param>
internal sealed class HostTool(string program, IReadOnlyDictionary<string, string> variables, TimeProvider time)
{
    private const int MaxOutput = 4 << 20;

    public string Program => program;

    /// <exception cref="IOException">It can't be started, printed too much, or did not end in time.</exception>
    public async Task<ToolResult> RunAsync(IReadOnlyList<string> arguments, string input, TimeSpan limit, CancellationToken cancellation)
    {
        var output = new MemoryStream();
        using var end = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end.Token, cancellation);
        try
        {
            var result = await ChildProcess.RunAsync(program, arguments, Environment(), AppContext.BaseDirectory, input, (stream, token) => ReadAsync(stream, output, token), either.Token);
            return new(result.ExitCode, output.ToArray(), result.Errors);
        }
        catch (Win32Exception e)
        {
            throw new IOException($"{program} can't be started: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"{program} did not end within {limit.TotalSeconds:0} s", e);
        }
    }

    /// <summary>Starts it to talk with it through its input and output. It ends with the stream; what it complains of is lost.</summary>
    /// <exception cref="IOException">It can't be started.</exception>
    public Stream Open(IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = AppContext.BaseDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        try
        {
            var process = Process.Start(start)!;
            _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            return new ProcessStream(process);
        }
        catch (Win32Exception e)
        {
            throw new IOException($"{program} can't be started: {e.Message}", e);
        }
    }

    private async Task ReadAsync(Stream stream, MemoryStream output, CancellationToken cancellation)
    {
        var buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer, cancellation) is var count and > 0)
        {
            output.Write(buffer, 0, count);
            if (output.Length > MaxOutput)
                throw new IOException($"{program} printed more than {MaxOutput} bytes");
        }
    }

    private IEnumerable<KeyValuePair<string, string>> Environment() => System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .Select(entry => new KeyValuePair<string, string>((string)entry.Key, (string?)entry.Value ?? ""))
        .Concat(variables);
}
