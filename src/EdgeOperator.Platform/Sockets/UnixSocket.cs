using System.Net.Sockets;

namespace EdgeOperator.Platform.Sockets;

/// <summary>Connections to what listens on a Unix socket.</summary>
public static class UnixSocket
{
    /// <param name="isExpected">Refuses who listens there, before anything is sent or read; null accepts anybody. Linux only.</param>
    /// <exception cref="SocketException">Nobody listens there, or the agent's user may not connect.</exception>
    /// <exception cref="IOException">Somebody else listens there.</exception>
    public static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellation, Func<UnixPeer, bool>? isExpected = null)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            if (isExpected is not null && OperatingSystem.IsLinux() && UnixPeer.Of(socket) is var peer && !isExpected(peer))
                throw new IOException($"process {peer.Process} of user {peer.User} listens on {path}, which is another's socket");
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
