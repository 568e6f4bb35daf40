using System.Net.Sockets;
using EdgeOperator.Agent.Kinds.FunctionApp;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Kinds.FunctionApp;

public sealed class HostClientTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nobody_is_there_and_that_is_no_exception()
    {
        using var client = new HostClient(_folder.File("host.sock"), () => Environment.ProcessId);

        (await client.StatusAsync(CancellationToken.None)).Should().BeNull();
        (await client.PutAsync("{}"u8.ToArray(), CancellationToken.None)).Should().BeFalse();
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n")]
    [InlineData("nonsense\r\n\r\n")]
    public async Task Whoever_answers_otherwise_than_a_host_is_none(string answer)
    {
        using var listener = Listen(_folder.File("host.sock"), answer);
        using var client = new HostClient(_folder.File("host.sock"), () => Environment.ProcessId);

        (await client.StatusAsync(CancellationToken.None)).Should().BeNull();
    }

    [Fact]
    public async Task A_socket_that_is_a_symlink_to_anothers_is_not_asked()
    {
        using var listener = Listen(_folder.File("other.sock"), "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
        File.CreateSymbolicLink(_folder.File("host.sock"), _folder.File("other.sock"));
        using var client = new HostClient(_folder.File("host.sock"), () => 1);

        (await client.PutAsync("{}"u8.ToArray(), CancellationToken.None)).Should().BeFalse();
    }

    private static Socket Listen(string path, string answer)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        _ = Task.Run(async () =>
        {
            using var connection = await listener.AcceptAsync();
            await connection.ReceiveAsync(new byte[4096]);
            await connection.SendAsync(System.Text.Encoding.ASCII.GetBytes(answer));
            connection.Shutdown(SocketShutdown.Send);
        });
        return listener;
    }
}
