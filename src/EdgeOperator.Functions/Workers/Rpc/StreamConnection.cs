using System.Net.Sockets;

namespace EdgeOperator.Functions.Workers.Rpc;

/// <summary>
/// The connection below a worker's stream. The kernel knows that a worker has died as soon as it has; the reader of the
/// stream learns it a moment later, and calls that are sent in between would fail although no worker ever had them.
/// </summary>
internal sealed class StreamConnection(Socket? socket)
{
    // linux/tcp.h: struct tcp_info begins with the state.
    private const int Tcp = 6;
    private const int TcpInfo = 11;
    private const byte Established = 1;

    /// <summary>Whether the worker's end is open, as far as that can be known.</summary>
    public bool IsOpen()
    {
        if (socket is null || !OperatingSystem.IsLinux())
        {
            return true;
        }

        try
        {
            Span<byte> state = stackalloc byte[1];
            return socket.GetRawSocketOption(Tcp, TcpInfo, state) < 1 || state[0] == Established;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }
}
