using System.Net.Sockets;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Engine;

/// <summary>A command that runs in a container, over a connection of its own.</summary>
/// <param name="connection">What <see cref="Stream"/> runs on.</param>
/// <param name="stream">The command's input and output: raw with a terminal, otherwise output in <see cref="LogFrames"/>.</param>
internal sealed class EngineExec(EngineTransport transport, string id, IDisposable http, Stream connection, Stream stream) : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    public Stream Stream => stream;

    /// <summary>Ends the command's standard input, where the way to the engine can carry that: not to engines that are reached through a program.</summary>
    public void EndInput()
    {
        try
        {
            (connection as NetworkStream)?.Socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The engine has ended the connection.
        }
    }

    /// <exception cref="EngineException">The command has ended, or the engine can't be reached.</exception>
    public Task ResizeAsync(TerminalSize size, CancellationToken cancellation) =>
        transport.DoAsync(HttpMethod.Post, $"exec/{id}/resize?h={size.Rows}&w={size.Columns}", null, EngineTransport.Usual, cancellation);

    /// <summary>Waits until the command has ended, which may be after its output has.</summary>
    /// <exception cref="EngineException">The engine can't be reached, or no longer knows.</exception>
    public async Task<int> ExitCodeAsync(TimeProvider time, CancellationToken cancellation)
    {
        while (true)
        {
            var state = await transport.ReadAsync(HttpMethod.Get, $"exec/{id}/json", null, EngineJson.Default.ExecState, cancellation);
            if (state is { Running: false, ExitCode: { } code })
                return code;

            await Task.Delay(Poll, time, cancellation);
        }
    }

    public void Dispose()
    {
        stream.Dispose();
        http.Dispose();
    }
}
