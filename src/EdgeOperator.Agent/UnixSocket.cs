using System.Net.Sockets;

namespace EdgeOperator.Agent;

/// <summary>Connections to what listens on a Unix socket.</summary>
internal static class UnixSocket
{
    /// <exception cref="SocketException">Nobody listens there, or the agent's user may not connect.</exception>
    public static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
