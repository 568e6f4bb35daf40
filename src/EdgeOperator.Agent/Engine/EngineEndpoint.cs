using System.Net.Sockets;

namespace EdgeOperator.Agent.Engine;

/// <summary>How an engine is reached: over a socket or a named pipe of the host, or over the standard input and output of a program.</summary>
public sealed class EngineEndpoint
{
    private readonly Func<string> _describe;
    private readonly Func<string, CancellationToken, ValueTask<Stream>> _connect;
    private readonly string _remedy;

    /// <param name="address"><c>auto</c>, <c>unix:///path</c> or <c>npipe:////./pipe/name</c>; <c>auto</c> is resolved at each connection.</param>
    /// <param name="remedy">What to do when nobody listens there.</param>
    public EngineEndpoint(string address, string remedy = "start Docker or Podman, or set engine.socket")
        : this(() => EngineAddress.Resolve(address), EngineAddress.ConnectAsync, remedy)
    {
    }

    private EngineEndpoint(Func<string> describe, Func<string, CancellationToken, ValueTask<Stream>> connect, string remedy) =>
        (_describe, _connect, _remedy) = (describe, connect, remedy);

    /// <summary>
    /// The address or the command line, for people. Endpoints with the same description lead to the same engine, as long as they are one
    /// machine's.
    /// </summary>
    public string Description => _describe();

    /// <summary>An engine behind a program such as ssh.</summary>
    /// <param name="commandLine">As people would write it, without what only the agent needs.</param>
    /// <param name="open">Starts the program for one connection; the stream is its input and output, and ends it when disposed.</param>
    /// <param name="remedy">What to do when nobody listens there.</param>
    public static EngineEndpoint OfProgram(string commandLine, Func<CancellationToken, Task<Stream>> open, string remedy) =>
        new(() => commandLine, async (_, cancellation) => await open(cancellation), remedy);

    /// <exception cref="IOException">Nobody listens there, or the agent's user may not connect; the message says which.</exception>
    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellation)
    {
        var description = Description;
        try
        {
            return await _connect(description, cancellation);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            throw new IOException($"no permission to connect to {description}: run the agent as root or in the socket's group", e);
        }
        catch (SocketException e)
        {
            throw new IOException($"no engine listens on {description} ({e.Message}): {_remedy}", e);
        }
    }
}
