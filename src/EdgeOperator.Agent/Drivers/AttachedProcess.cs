using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.Versioning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Drivers;

/// <summary>A process of the device whose input and output are the frames of an operator.</summary>
[SupportedOSPlatform("linux")]
internal static class AttachedProcess
{
    /// <summary>For what is printed at the end.</summary>
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(2);

    /// <returns>The exit code.</returns>
    /// <exception cref="ControlException">It can't be started.</exception>
    public static async Task<int> RunAsync(IReadOnlyList<string> line, bool hasInput, ExecFrames client, CancellationToken cancellation)
    {
        using var process = Start(line);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var input = FramePump.ReadAsync(client, ended, (kind, content) => WriteAsync(process.StandardInput, kind, content, hasInput));
        try
        {
            if (!hasInput)
                process.StandardInput.Close();
            await Task.WhenAll(
                FramePump.CopyAsync(process.StandardOutput.BaseStream, client, ExecFrameKind.Output, ended.Token),
                FramePump.CopyAsync(process.StandardError.BaseStream, client, ExecFrameKind.Errors, ended.Token),
                process.WaitForExitAsync(ended.Token));
            return process.ExitCode;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException("the client has gone");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            await ended.CancelAsync();
            await input.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc cref="RunAsync"/>
    public static async Task<int> RunInTerminalAsync(IReadOnlyList<string> line, TerminalSize size, ExecFrames client, CancellationToken cancellation)
    {
        using var terminal = StartInTerminal(line, size);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var output = FramePump.CopyAsync(terminal.Stream, client, ExecFrameKind.Output, ended.Token);
        var input = FramePump.ReadAsync(client, ended, async (kind, content) =>
        {
            if (kind == ExecFrameKind.Resize)
                terminal.Resize(ExecFrames.Size(content).Columns, ExecFrames.Size(content).Rows);
            else if (kind == ExecFrameKind.Input)
                await terminal.Stream.WriteAsync(content, ended.Token);
        });
        try
        {
            await terminal.Process.WaitForExitAsync(ended.Token);
            await Task.WhenAny(output, Task.Delay(DrainTimeout, TimeProvider.System, ended.Token));
            return terminal.Process.ExitCode;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException("the client has gone");
        }
        finally
        {
            if (!terminal.Process.HasExited)
                terminal.Process.Kill(entireProcessTree: true);
            await ended.CancelAsync();
            await input.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static Process Start(IReadOnlyList<string> line)
    {
        try
        {
            var start = new ProcessStartInfo(line[0], line.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new ControlException("NotStarted", $"{line[0]} can't be started: {e.Message}");
        }
    }

    private static PseudoTerminal StartInTerminal(IReadOnlyList<string> line, TerminalSize size)
    {
        try
        {
            return PseudoTerminal.Start(line[0], [.. line.Skip(1)], size.Columns, size.Rows);
        }
        catch (IOException e)
        {
            throw new ControlException("NotStarted", $"{line[0]} can't be started: {e.Message}");
        }
    }

    private static async Task WriteAsync(StreamWriter input, ExecFrameKind kind, ReadOnlyMemory<byte> content, bool hasInput)
    {
        if (kind != ExecFrameKind.Input || !hasInput)
            return;
        try
        {
            if (content.IsEmpty)
                input.Close();
            else
                await input.BaseStream.WriteAsync(content);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It takes no more.
        }
    }
}
