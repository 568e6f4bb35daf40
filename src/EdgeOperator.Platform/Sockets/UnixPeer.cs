using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace EdgeOperator.Platform.Sockets;

/// <summary>
/// Who listens at the other end of a connected Unix socket: of the process that called <c>listen</c>, as the kernel noted it
/// then (<c>SO_PEERCRED</c>, unix(7)). A path can be anybody's; this can't be forged.
/// </summary>
public readonly record struct UnixPeer(int Process, uint User, uint Group)
{
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;

    [SupportedOSPlatform("linux")]
    public static UnixPeer Of(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[3 * sizeof(int)];
        socket.GetRawSocketOption(SocketLevel, PeerCredentials, credentials);
        var fields = MemoryMarshal.Cast<byte, int>(credentials);
        return new(fields[0], (uint)fields[1], (uint)fields[2]);
    }
}
