using System.Net;
using System.Net.Sockets;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Sockets;

namespace EdgeOperator.Functions.Workers.Forwarding;

/// <summary>
/// Makes sure that a new connection leads to a process of the host's own user (or root's), before anything is sent on it. A port
/// is free between the host's choice and the worker's <c>listen</c>, and again when the worker has ended: any local user may listen on it then,
/// and would get requests with all their keys. Linux only.
/// </summary>
internal readonly struct ListenerCheck
{
    private const uint Root = 0;

    private readonly EndPoint _endpoint;
    private readonly IReadOnlyList<TcpSocket> _before;

    private ListenerCheck(EndPoint endpoint, IReadOnlyList<TcpSocket> before) => (_endpoint, _before) = (endpoint, before);

    /// <summary>To be called before the connection is made.</summary>
    public static ListenerCheck Before(EndPoint endpoint) => new(endpoint, OperatingSystem.IsLinux() && endpoint is IPEndPoint tcp ? TcpTable.Listeners(tcp) : []);

    public static bool IsTrusted(uint user) => user == Root || OperatingSystem.IsLinux() && user == Posix.EffectiveUser;

    /// <exception cref="ForeignListenerException">Another user's process listens there.</exception>
    /// <exception cref="SocketException">Who has accepted the connection can't be found out, because the listener changed meanwhile.</exception>
    public void Verify(Socket connected)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        if (_endpoint is not IPEndPoint tcp)
        {
            Demand(UnixPeer.Of(connected).User);
            return;
        }

        var now = TcpTable.Listeners(tcp);
        foreach (var listener in now)
        {
            Demand(listener.User);
        }

        // One that has listened all the time: while it does, no other user can listen on the port.
        if (!_before.Any(b => now.Any(n => n.Inode == b.Inode && n.User == b.User)))
        {
            throw new SocketException((int)SocketError.ConnectionReset);
        }
    }

    private void Demand(uint user)
    {
        if (!IsTrusted(user))
        {
            throw new ForeignListenerException($"a process of user {user} listens on {_endpoint} instead of the worker");
        }
    }
}

/// <summary>A process of a user that is not trusted listens where a worker should.</summary>
internal sealed class ForeignListenerException(string message) : IOException(message);
