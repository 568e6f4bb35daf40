using System.IO.Pipes;
using System.Net.Sockets;
using EdgeOperator.Platform.Sockets;

namespace EdgeOperator.Agent.Engine;

/// <summary>Where an engine listens, and how to connect to it.</summary>
/// <param name="address"><c>auto</c>, <c>unix:///path</c> or <c>npipe:////./pipe/name</c>.</param>
/// <param name="remedy">What to do when nobody listens there.</param>
/// <param name="connect">How to connect to an address of another kind; null for these.</param>
public sealed class EngineSocket(string address, string remedy = "start Docker or Podman, or set engine.socket", Func<CancellationToken, Task<Stream>>? connect = null)
{
    private const string Auto = "auto";
    private const string Unix = "unix://";
    private const string Pipe = "npipe://";

    private static readonly string[] Usual = OperatingSystem.IsWindows()
        ? ["npipe:////./pipe/docker_engine"]
        : ["unix:///var/run/docker.sock", "unix:///run/podman/podman.sock"];

    /// <summary>
    /// The address itself, or what <c>auto</c> finds at this moment: <c>$DOCKER_HOST</c> when it names a socket that
    /// is there, else the first of the usual sockets that is there, else the first of them.
    /// </summary>
    public string Address => address == Auto
        ? Usual.Prepend(Environment.GetEnvironmentVariable("DOCKER_HOST") ?? "").FirstOrDefault(IsThere) ?? Usual[0]
        : address;

    /// <exception cref="IOException">Nobody listens there, or the agent's user may not connect; the message says which.</exception>
    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellation)
    {
        var now = Address;
        try
        {
            return connect is not null ? await connect(cancellation)
                : now.StartsWith(Pipe, StringComparison.Ordinal)
                ? await ConnectPipeAsync(now[Pipe.Length..], cancellation)
                : await UnixSocket.ConnectAsync(now[Unix.Length..], cancellation);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            throw new IOException($"no permission to connect to {now}: run the agent as root or in the socket's group", e);
        }
        catch (SocketException e)
        {
            throw new IOException($"no engine listens on {now} ({e.Message}): {remedy}", e);
        }
    }

    private static async Task<Stream> ConnectPipeAsync(string path, CancellationToken cancellation)
    {
        var parts = path.Trim('/').Split('/');
        var pipe = new NamedPipeClientStream(parts[0], parts[^1], PipeDirection.InOut, PipeOptions.Asynchronous);
        try
        {
            await pipe.ConnectAsync(cancellation);
            return pipe;
        }
        catch
        {
            await pipe.DisposeAsync();
            throw;
        }
    }

    private static bool IsThere(string candidate) =>
        (candidate.StartsWith(Unix, StringComparison.Ordinal) && File.Exists(candidate[Unix.Length..]))
        || (candidate.StartsWith(Pipe, StringComparison.Ordinal) && File.Exists(candidate[Pipe.Length..].Replace('/', '\\')));
}
