using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Remote;

/// <summary>A machine's serial console whose input and output are the frames of an operator far away.</summary>
internal static class MachineConsole
{
    /// <summary>Shows and types until the machine ends.</summary>
    /// <exception cref="IOException">The client has gone.</exception>
    public static async Task RunAsync(SerialConsole console, ExecFrames client, CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await client.WriteAsync(ExecFrameKind.Output, console.Earlier(), ended.Token);
        var typed = FramePump.ReadAsync(client, ended, (kind, content) => kind == ExecFrameKind.Input ? TypeAsync(console, content, ended.Token) : Task.CompletedTask);
        try
        {
            await FramePump.CopyAsync(console.Stream, client, ExecFrameKind.Output, ended.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException("the client has gone");
        }
        finally
        {
            await ended.CancelAsync();
            await typed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task TypeAsync(SerialConsole console, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        try
        {
            await console.Stream.WriteAsync(content, cancellation);
        }
        catch (IOException)
        {
            // The machine has ended, which is noticed by who reads from it.
        }
    }
}
