using System.Net;
using System.Net.Sockets;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Tests.Rpc;
using EdgeOperator.Functions.Tests.Workers.CustomHandler;
using EdgeOperator.Functions.Workers;
using EdgeOperator.Functions.Workers.Forwarding;
using EdgeOperator.Functions.Workers.Rpc;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Security;

/// <summary>Other users of the device that put themselves in a worker's place, or call a worker themselves.</summary>
public sealed class ImpostorTests
{
    [Fact]
    public async Task Another_users_process_on_the_workers_port_gets_nothing()
    {
        await using var stranger = await Stranger.StartAsync();
        using var client = new WorkerClient(stranger.EndPoint);
        using var request = client.Request(HttpMethod.Get, "/api/sec?code=key");

        var send = () => client.SendAsync(request, CancellationToken.None);

        (await send.Should().ThrowAsync<WorkerLostException>()).Which.Should()
            .Match<WorkerLostException>(e => !e.Reached && e.IsGone && e.IsForeign && e.Message.Contains($"user {Stranger.User} listens on {stranger.EndPoint}"));
        await Eventually.SucceedsAsync(() => stranger.Got.Should().Equal("[]"));
    }

    [Fact]
    public async Task Another_users_process_at_an_announced_address_is_no_worker()
    {
        await using var stranger = await Stranger.StartAsync();
        using var proxy = new HttpProxy(new Uri($"http://localhost:{stranger.EndPoint.Port}"), Task.CompletedTask, TimeProvider.System);

        await proxy.Awaiting(p => p.ListensAsync(CancellationToken.None)).Should().ThrowAsync<IOException>().WithMessage($"*user {Stranger.User} listens*");
    }

    [Fact]
    public async Task A_handler_whose_port_another_user_took_is_not_replaced_by_that_users_process()
    {
        using var app = new HandlerApp();
        app.Write("took.sh", $"#!/bin/sh\nexec {string.Join(' ', Stranger.Command)} '{Stranger.Script}' $FUNCTIONS_CUSTOMHANDLER_PORT 1\n");
        File.SetUnixFileMode(Path.Combine(app.Folder, "took.sh"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        app.Host("took.sh");
        await using var worker = app.Worker(app.Read(HandlerApp.Http, "echo"));

        var start = () => worker.StartAsync(CancellationToken.None);

        (await start.Should().ThrowAsync<AppException>()).Which.Message.Should().Contain($"user {Stranger.User} listens on 127.0.0.1:").And.EndWith("got []");
    }

    [Fact]
    public async Task A_worker_of_another_user_is_refused_although_it_knows_the_id()
    {
        await using var app = RpcApp.Of("other-user");
        var start = app.StartAsync;

        await start.Should().ThrowAsync<AppException>();
        await Eventually.SucceedsAsync(() => app.Log.Lines.Should().Contain(l => l.Message == "the connection has ended"));
        app.Log.Lines.Should().NotContain(l => l.Message.StartsWith("status "), "nothing is read from it, and nothing answered");
    }

    [Fact]
    public async Task A_handler_on_a_socket_answers_and_cannot_be_reached_by_others()
    {
        using var app = new HandlerApp();
        app.Settings = app.Settings.Add("LISTEN", "socket");
        File.SetUnixFileMode(app.Temporary, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var read = app.Read(HandlerApp.Http, "environment");
        string path;
        await using (var worker = app.Worker(read))
        {
            await worker.StartAsync(CancellationToken.None);

            var environment = (await worker.InvokeAsync(read.Call("environment"), CancellationToken.None)).Body()!;

            path = environment["EDGEOP_CUSTOMHANDLER_SOCKET"]!.ToString();
            Path.GetDirectoryName(path).Should().Be(app.Temporary);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.Awaiting(s => s.ConnectAsync(IPAddress.Loopback, int.Parse(environment["FUNCTIONS_CUSTOMHANDLER_PORT"]!.ToString())))
                .Should().ThrowAsync<SocketException>();
            var connect = () => Shell.RunAsync(Stranger.Command[0], [.. Stranger.Command[1..], "use IO::Socket::UNIX; IO::Socket::UNIX->new(Peer => $ARGV[0]) or die $!", path]);
            await connect.Should().ThrowAsync<InvalidOperationException>().WithMessage("*Permission denied*");
        }

        File.Exists(path).Should().BeFalse();
    }
}
