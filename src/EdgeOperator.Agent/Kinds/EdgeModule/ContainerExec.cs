using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.Engine;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Timing;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>Carries bytes between a client and a command in a container, one buffer in each direction: whoever is slow slows the other down.</summary>
internal sealed class ContainerExec(EngineExec exec, ExecRequest request, ExecFrames client, TimeProvider time)
{
    private const int ResizeAttempts = 10;

    private static readonly ExponentialDelay ResizeDelay = new(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(1));

    /// <returns>The command's exit code.</returns>
    /// <exception cref="EngineException">The engine can't be reached.</exception>
    /// <exception cref="IOException">The client has gone.</exception>
    /// <exception cref="InvalidDataException">The client sends something else than frames.</exception>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var (input, output) = (ReadClientAsync(ended.Token), CopyOutputAsync(ended.Token));
        try
        {
            // The client is read until it goes; a command whose client has gone loses its input and output.
            if (await Task.WhenAny(input, output) == input)
            {
                await input;
                throw new IOException("the client has gone");
            }

            await output;
            return await exec.ExitCodeAsync(time, ended.Token);
        }
        finally
        {
            await ended.CancelAsync();
            exec.Dispose();
            await Task.WhenAll(input, output).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async Task ReadClientAsync(CancellationToken cancellation)
    {
        if (request.HasTerminal)
            await SetSizeAsync(cancellation);
        var takesInput = request.HasInput;
        while (await client.ReadAsync(cancellation) is var (kind, content))
        {
            switch (kind)
            {
                case ExecFrameKind.Input when takesInput && content.IsEmpty:
                    takesInput = false;
                    exec.EndInput();
                    break;
                case ExecFrameKind.Input when takesInput:
                    takesInput = await TryWriteAsync(content, cancellation);
                    break;
                case ExecFrameKind.Resize when request.HasTerminal:
                    await TryResizeAsync(ExecFrames.Size(content), cancellation);
                    break;
            }
        }
    }

    // A command may end, or close its input, before all of it was read; the output has its end.
    private async Task<bool> TryWriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        try
        {
            await exec.Stream.WriteAsync(content, cancellation);
            await exec.Stream.FlushAsync(cancellation);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    // An engine may have answered before the command has its terminal.
    private async Task SetSizeAsync(CancellationToken cancellation)
    {
        for (var failures = 1; !await TryResizeAsync(request.Size, cancellation) && failures < ResizeAttempts; failures++)
            await Task.Delay(ResizeDelay.After(failures), time, cancellation);
    }

    /// <returns>False if the command has no terminal yet, or has ended.</returns>
    private async Task<bool> TryResizeAsync(TerminalSize size, CancellationToken cancellation)
    {
        try
        {
            await exec.ResizeAsync(size, cancellation);
            return true;
        }
        catch (EngineException)
        {
            return false;
        }
    }

    private Task CopyOutputAsync(CancellationToken cancellation) => request.HasTerminal ? CopyRawAsync(cancellation) : CopyFramesAsync(cancellation);

    private async Task CopyRawAsync(CancellationToken cancellation)
    {
        var buffer = new byte[ExecFrames.MaxData];
        while (await exec.Stream.ReadAsync(buffer, cancellation) is var count and > 0)
            await client.WriteAsync(ExecFrameKind.Output, buffer.AsMemory(0, count), cancellation);
    }

    private Task CopyFramesAsync(CancellationToken cancellation) => LogFrames.CopyAsync(
        exec.Stream,
        (isError, content, _) => content.IsEmpty ? Task.CompletedTask : client.WriteAsync(isError ? ExecFrameKind.Errors : ExecFrameKind.Output, content, cancellation),
        cancellation);
}
