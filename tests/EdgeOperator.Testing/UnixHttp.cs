using System.Net.Sockets;

namespace EdgeOperator.Testing;

/// <summary>HTTP over a Unix socket.</summary>
public static class UnixHttp
{
    /// <param name="address">What relative addresses are relative to; its host means nothing.</param>
    public static HttpClient Client(string socketPath, string address) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new(address),
    };
}
