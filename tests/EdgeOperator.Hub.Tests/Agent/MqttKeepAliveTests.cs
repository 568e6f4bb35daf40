using System.Net;
using System.Net.Sockets;
using EdgeOperator.Agent.Sources.Twin;
using EdgeOperator.Testing;
using MQTTnet;
using MQTTnet.Formatter;

namespace EdgeOperator.Hub.Tests.Agent;

/// <summary>Against a server that shows what comes, and answers or does not.</summary>
public sealed class MqttKeepAliveTests
{
    private const byte Ping = 0xC0;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task The_connection_promises_pings_and_has_none_but_those_that_are_sent_here()
    {
        await using var server = await Server.ConnectAsync();
        server.KeepAliveSeconds.Should().Be(180);
        server.Options.KeepAlivePeriod.Should().Be(TimeSpan.Zero, "MQTTnet itself sends none then");

        using var stop = new CancellationTokenSource();
        var running = new MqttKeepAlive(server.Client, Interval, TimeSpan.FromMinutes(1), TimeProvider.System).RunAsync(stop.Token);
        for (var i = 0; i < 3; i++)
            await server.AnswerAsync();

        running.IsCompleted.Should().BeFalse();
        await stop.CancelAsync();
        await running;
        server.Client.IsConnected.Should().BeTrue();
    }

    [Fact]
    public async Task Nobody_is_there_any_more_when_a_ping_is_not_answered()
    {
        await using var server = await Server.ConnectAsync();

        await new MqttKeepAlive(server.Client, Interval, TimeSpan.FromMilliseconds(200), TimeProvider.System).RunAsync(CancellationToken.None).WaitAsync(Eventually.Slow);
    }

    /// <summary>One connection, by hand.</summary>
    private sealed class Server : IAsyncDisposable
    {
        private readonly TcpClient _tcp;

        private Server(TcpClient tcp, IMqttClient client, MqttClientOptions options, int keepAlive) =>
            (_tcp, Client, Options, KeepAliveSeconds) = (tcp, client, options, keepAlive);

        public IMqttClient Client { get; }

        public MqttClientOptions Options { get; }

        public int KeepAliveSeconds { get; }

        public static async Task<Server> ConnectAsync()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var client = new MqttClientFactory().CreateMqttClient();
            var options = new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port)
                .WithProtocolVersion(MqttProtocolVersion.V311).WithClientId("d").Build();
            using var taken = MqttKeepAlive.TakeOver(client, options);
            var connecting = client.ConnectAsync(options);
            var tcp = await listener.AcceptTcpClientAsync();

            // Type, length, "MQTT" with its length, level, flags and the two bytes that count here.
            var head = new byte[12];
            await tcp.GetStream().ReadExactlyAsync(head);
            await tcp.GetStream().ReadExactlyAsync(new byte[head[1] - 10]);
            await tcp.GetStream().WriteAsync(new byte[] { 0x20, 2, 0, 0 });
            await connecting;
            return new(tcp, client, options, (head[10] << 8) | head[11]);
        }

        public async Task AnswerAsync()
        {
            var packet = new byte[2];
            await _tcp.GetStream().ReadExactlyAsync(packet);
            packet.Should().Equal(Ping, 0);
            await _tcp.GetStream().WriteAsync(new byte[] { 0xD0, 0 });
        }

        public ValueTask DisposeAsync()
        {
            Client.Dispose();
            _tcp.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
