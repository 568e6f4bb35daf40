using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Drivers;

/// <summary>Both directions between an operator's frames and what runs here.</summary>
internal static class FramePump
{
    /// <summary>Reads what the client sends until it goes, which cancels <paramref name="ended"/>.</summary>
    public static async Task ReadAsync(ExecFrames client, CancellationTokenSource ended, Func<ExecFrameKind, ReadOnlyMemory<byte>, Task> handle)
    {
        try
        {
            while (await client.ReadAsync(ended.Token) is var (kind, content))
                await handle(kind, content);
        }
        finally
        {
            await ended.CancelAsync();
        }
    }

    /// <summary>Sends the client what is printed, until its end.</summary>
    public static async Task CopyAsync(Stream output, ExecFrames client, ExecFrameKind kind, CancellationToken cancellation)
    {
        var buffer = new byte[ExecFrames.MaxData];
        try
        {
            while (await output.ReadAsync(buffer, cancellation) is var count and > 0)
                await client.WriteAsync(kind, buffer.AsMemory(0, count), cancellation);
        }
        catch (IOException)
        {
            // A terminal ends so; and a client that has gone is noticed by who reads from it.
        }
    }
}
