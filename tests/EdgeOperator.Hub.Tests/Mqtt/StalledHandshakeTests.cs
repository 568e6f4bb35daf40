using System.Net.Security;
using System.Net.Sockets;

namespace EdgeOperator.Hub.Tests.Mqtt;

/// <summary>Connections that begin TLS and don't go on, many more than may begin at once.</summary>
public sealed class StalledHandshakeTests
{
    private const int Stalled = 100;

    [Fact]
    public async Task Devices_log_in_while_others_stall_before_within_and_after_their_hello()
    {
        await using var hub = await HubUnderTest.StartAsync("devices: {connectTimeout: 5m}");
        var key = await hub.CreateDeviceAsync("d");
        var hello = await HelloAsync(hub.Host);
        var open = new List<Socket>();
        foreach (var said in (byte[][])[[], hello[..20], hello])
        {
            for (var i = 0; i < Stalled; i++)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                open.Add(socket);
                await socket.ConnectAsync(hub.Address, 8883);
                await socket.SendAsync(said);
            }
        }

        var (device, acknowledgement) = await RawMqtt.ConnectAsync(hub, "d", key);

        acknowledgement.Should().Equal(0, 0);
        await device.DisposeAsync();
        foreach (var socket in open)
        {
            socket.Poll(0, SelectMode.SelectRead).Should().Be(socket.Available > 0, "none of them was ended");
            socket.Dispose();
        }
    }

    /// <summary>A client's first flight, as .NET sends it.</summary>
    private static async Task<byte[]> HelloAsync(string host)
    {
        await using var recorder = new Recorder();
        await using var stream = new SslStream(recorder);
        await FluentActions.Awaiting(() => stream.AuthenticateAsClientAsync(host)).Should().ThrowAsync<IOException>();
        return recorder.ToArray();
    }

    /// <summary>Keeps what is written, and has nothing to read.</summary>
    private sealed class Recorder : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(0);

        public override int Read(byte[] buffer, int offset, int count) => 0;
    }
}
