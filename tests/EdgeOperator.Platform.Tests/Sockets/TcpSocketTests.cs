using System.Net;
using EdgeOperator.Platform.Sockets;

namespace EdgeOperator.Platform.Tests.Sockets;

public class TcpSocketTests
{
    [Theory]
    [InlineData("   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4242 1 00000000ec0496ab 100 0 0 10 0", "127.0.0.1:8080", "0.0.0.0:0", true, 1000u, 4242ul)]
    [InlineData("  12: 0100007F:C350 0100007F:1F90 01 00000000:00000000 02:000A7214 00000000     0        0 77 2 00000000ec0496ab 20 4 30 10 -1", "127.0.0.1:50000", "127.0.0.1:8080", false, 0u, 77ul)]
    [InlineData("   3: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     7        0 5 1 0", "[::1]:22", "[::]:0", true, 7u, 5ul)]
    [InlineData("   3: 0000000000000000FFFF00000100007F:0016 0000000000000000FFFF00000100007F:FFFF 06 00000000:00000000 03:00000000 00000000     0        0 0 3 0", "127.0.0.1:22", "127.0.0.1:65535", false, 0u, 0ul)]
    public void A_row_says_whose_socket_it_is(string row, string local, string remote, bool isListening, uint user, ulong inode) =>
        TcpSocket.Parse(row).Should().Be(new TcpSocket(IPEndPoint.Parse(local), IPEndPoint.Parse(remote), isListening, user, inode));

    [Theory]
    [InlineData("")]
    [InlineData("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode")]
    [InlineData("   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0")]
    [InlineData("   0: 0100007F1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4242 1")]
    [InlineData("   0: 0100007F:11F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4242 1")]
    [InlineData("   0: 0100007G:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4242 1")]
    [InlineData("   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  -1        0 4242 1")]
    public void What_is_no_row_is_none(string row) => TcpSocket.Parse(row).Should().BeNull();
}
