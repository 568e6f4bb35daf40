using System.Net;
using System.Net.Sockets;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Sockets;

namespace EdgeOperator.Platform.Tests.Sockets;

public sealed class TcpTableTests : IDisposable
{
    private readonly List<Socket> _sockets = [];

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    public void Who_accepts_connections_to_a_port_is_found_however_it_is_bound(string address, bool isDual)
    {
        var port = Listen(address, isDual);

        TcpTable.Listeners(new(IPAddress.Loopback, port)).Should().ContainSingle().Which.Should()
            .Match<TcpSocket>(s => s.IsListening && s.User == Posix.EffectiveUser && s.Inode != 0);
    }

    [Fact]
    public void Nobody_listens_on_a_port_that_is_merely_bound_or_of_another_address()
    {
        var elsewhere = Listen("127.0.0.2", isDual: false);
        var bound = New(AddressFamily.InterNetwork);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        TcpTable.Listeners(new(IPAddress.Loopback, elsewhere)).Should().BeEmpty();
        TcpTable.Listeners((IPEndPoint)bound.LocalEndPoint!).Should().BeEmpty();
    }

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("::ffff:127.0.0.1", true)]
    public async Task Each_end_of_a_connection_is_found_once_it_is_open(string address, bool isDual)
    {
        var port = Listen("127.0.0.1", isDual: false);
        var client = New(isDual ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, isDual);
        await client.ConnectAsync(IPAddress.Parse(address), port);
        var (near, far) = (V4(client.LocalEndPoint!), V4(client.RemoteEndPoint!));

        TcpTable.Connected(near, far).Should().Match<TcpSocket?>(s => s!.Value.User == Posix.EffectiveUser && s.Value.Inode != 0);
        TcpTable.Connected(far, near).Should().BeNull("nobody has accepted it");
        _sockets.Add(await _sockets[0].AcceptAsync());
        TcpTable.Connected(far, near).Should().NotBeNull();
        client.Dispose();
        TcpTable.Connected(near, far).Should().BeNull("what is left of a closed socket is nobody's");
    }

    public void Dispose() => _sockets.ForEach(s => s.Dispose());

    private int Listen(string address, bool isDual)
    {
        var ip = IPAddress.Parse(address);
        var socket = New(ip.AddressFamily, isDual);
        socket.Bind(new IPEndPoint(ip, 0));
        socket.Listen();
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private Socket New(AddressFamily family, bool isDual = false)
    {
        var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp);
        _sockets.Add(socket);
        if (family == AddressFamily.InterNetworkV6)
        {
            socket.DualMode = isDual;
        }

        return socket;
    }

    private static IPEndPoint V4(EndPoint endPoint) => endPoint is IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped
        ? new(mapped.Address.MapToIPv4(), mapped.Port)
        : (IPEndPoint)endPoint;
}
