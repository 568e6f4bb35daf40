using System.Net;
using System.Net.Sockets;
using EdgeOperator.Functions.Workers;
using EdgeOperator.Functions.Workers.Forwarding;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Workers.Forwarding;

public sealed class WorkerClientTests
{
    [Fact]
    public async Task A_worker_without_room_for_a_further_connection_is_not_gone()
    {
        using var folder = new TempFolder();
        var endpoint = new UnixDomainSocketEndPoint(folder.File("w.sock"));
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(endpoint);
        listener.Listen(1);
        using var first = await RawHttp.ConnectAsync(endpoint);
        using var second = await RawHttp.ConnectAsync(endpoint);

        var lost = await LossAsync(endpoint);

        lost.Should().Match<WorkerLostException>(e => !e.Reached && !e.IsGone);
    }

    [Fact]
    public async Task A_worker_that_listens_no_more_is_gone()
    {
        using var folder = new TempFolder();
        var path = folder.File("w.sock");

        (await LossAsync(new UnixDomainSocketEndPoint(path))).Should().Match<WorkerLostException>(e => !e.Reached && e.IsGone);
        using (var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            listener.Bind(new UnixDomainSocketEndPoint(path));
        }

        File.WriteAllText(path, "");
        (await LossAsync(new UnixDomainSocketEndPoint(path))).IsGone.Should().BeTrue();
        (await LossAsync(new IPEndPoint(IPAddress.Loopback, FreePort.Next()))).IsGone.Should().BeTrue();
    }

    [Theory]
    [InlineData(SocketError.AddressNotAvailable)]
    [InlineData(SocketError.TooManyOpenSockets)]
    [InlineData(SocketError.TimedOut)]
    [InlineData(SocketError.NoBufferSpaceAvailable)]
    public void A_worker_lives_when_the_host_has_nothing_left_for_a_further_connection(SocketError error)
    {
        using var client = new WorkerClient(new IPEndPoint(IPAddress.Loopback, 1));

        client.Explain(new HttpRequestException(HttpRequestError.ConnectionError, "", new SocketException((int)error)))
            .Should().Match<WorkerLostException>(e => !e.Reached && !e.IsGone);
        client.Explain(new HttpRequestException(HttpRequestError.ConnectionError, "", new IOException("too many open files")))
            .Should().Match<WorkerLostException>(e => !e.Reached && !e.IsGone);
    }

    private static async Task<WorkerLostException> LossAsync(EndPoint endpoint)
    {
        using var client = new WorkerClient(endpoint);
        using var request = client.Request(HttpMethod.Get, "/");
        return (await client.Awaiting(c => c.SendAsync(request, CancellationToken.None)).Should().ThrowAsync<WorkerLostException>()).Which;
    }
}
