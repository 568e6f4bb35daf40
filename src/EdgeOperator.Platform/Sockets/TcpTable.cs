using System.Net;
using System.Runtime.Versioning;

namespace EdgeOperator.Platform.Sockets;

/// <summary>
/// Whose the two ends of a loopback TCP connection are, as the kernel says. Any local user can connect to a loopback port, or listen on a
/// free one; this can't be forged. Reads <c>/proc/self/net</c>, so of this process's network namespace.
/// </summary>
[SupportedOSPlatform("linux")]
public static class TcpTable
{
    private const int BufferSize = 4096;

    /// <summary>The sockets that a connection to this IPv4 address is accepted by; several where they share the port (SO_REUSEPORT).</summary>
    /// <exception cref="IOException">The kernel's table can't be read.</exception>
    public static IReadOnlyList<TcpSocket> Listeners(IPEndPoint address)
    {
        // The kernel prefers IPv4's sockets, and lists all that listen before all others.
        TcpSocket[] found = [.. Rows("tcp").TakeWhile(s => s.IsListening).Where(s => Accepts(s.Local, address, IPAddress.Any))];
        return found.Length > 0 ? found : [.. Rows("tcp6").TakeWhile(s => s.IsListening).Where(s => Accepts(s.Local, address, IPAddress.IPv6Any))];
    }

    /// <summary>The end of a connection that is bound to <paramref name="local"/>; null when no process has it open (any more).</summary>
    /// <exception cref="IOException">The kernel's table can't be read.</exception>
    public static TcpSocket? Connected(IPEndPoint local, IPEndPoint remote)
    {
        foreach (var socket in Rows("tcp").Concat(Rows("tcp6")))
        {
            if (!socket.IsListening && socket.Inode != 0 && socket.Local.Equals(local) && socket.Remote.Equals(remote))
            {
                return socket;
            }
        }

        return null;
    }

    private static bool Accepts(IPEndPoint listening, IPEndPoint address, IPAddress any) =>
        listening.Port == address.Port && (listening.Address.Equals(address.Address) || listening.Address.Equals(any));

    private static IEnumerable<TcpSocket> Rows(string table)
    {
        var path = $"/proc/self/net/{table}";
        if (table == "tcp6" && !File.Exists(path))
        {
            // No IPv6.
            yield break;
        }

        // Small: reading is what makes the kernel go through its sockets, and few are needed as a rule.
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0), bufferSize: BufferSize);
        while (reader.ReadLine() is { } row)
        {
            if (TcpSocket.Parse(row) is { } socket)
            {
                yield return socket;
            }
        }
    }
}
