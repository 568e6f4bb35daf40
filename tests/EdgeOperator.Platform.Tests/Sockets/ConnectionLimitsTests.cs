using System.Net;
using System.Net.Sockets;
using EdgeOperator.Platform.Sockets;
using EdgeOperator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeOperator.Platform.Tests.Sockets;

public sealed class ConnectionLimitsTests
{
    [Fact]
    public async Task Connections_above_the_limit_are_closed_and_have_room_again_when_others_end()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.UseConnectionLimit(2);
            listen.Run(EchoAsync);
        }));
        await using var server = builder.Build();
        await server.StartAsync();
        var port = new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

        using var first = await ConnectAsync(port);
        using var second = await ConnectAsync(port);
        (await IsServedAsync(first)).Should().BeTrue();
        (await IsServedAsync(second)).Should().BeTrue();
        for (var i = 0; i < 20; i++)
            (await IsAnotherServedAsync(port)).Should().BeFalse();

        (await IsServedAsync(first)).Should().BeTrue();
        second.Dispose();
        await Eventually.TrueAsync("there is room again", () => IsAnotherServedAsync(port));
    }

    [Fact]
    public void The_limit_leaves_half_of_the_open_files_to_the_process()
    {
        ConnectionLimits.WithinOpenFiles(1, filesEach: 2).Should().Be(1);
        ConnectionLimits.WithinOpenFiles(int.MaxValue, filesEach: 2).Should().BeInRange(ConnectionLimits.WithinOpenFiles(int.MaxValue, filesEach: 1) / 2, int.MaxValue / 4);
    }

    private static async Task EchoAsync(ConnectionContext connection)
    {
        while (true)
        {
            var read = await connection.Transport.Input.ReadAsync();
            if (read.IsCompleted)
                return;
            await connection.Transport.Output.WriteAsync("x"u8.ToArray());
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
        }
    }

    private static async Task<Socket> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    // A connection that is closed at once may not even be made.
    private static async Task<bool> IsAnotherServedAsync(int port)
    {
        try
        {
            using var another = await ConnectAsync(port);
            return await IsServedAsync(another);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<bool> IsServedAsync(Socket socket)
    {
        try
        {
            await socket.SendAsync("x"u8.ToArray());
            return await socket.ReceiveAsync(new byte[1]) > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
