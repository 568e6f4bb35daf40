using System.Net.Sockets;
using System.Text;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Mqtt;

/// <summary>Clients that take their time, and devices that send too fast.</summary>
public sealed class SlowClientTests
{
    [Fact]
    public async Task Whoever_has_not_said_who_it_is_by_the_deadline_is_disconnected_however_it_drags_it_out()
    {
        await using var hub = await HubUnderTest.StartAsync("devices: {connectTimeout: 2s}");
        var connect = RawMqtt.Connect("d", $"{hub.Host}/d/?api-version=2021-04-12", "x");

        await Task.WhenAll(
            EndsAsync(hub, 8883, []),
            EndsAsync(hub, 8883, [0x16, 0x03, 0x01, 0x02, 0x00, 0x01]),
            EndsAsync(hub, 443, []),
            EndsAsync(hub, 443, Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\n")),
            ConnectEndsAsync(hub, []),
            ConnectEndsAsync(hub, connect[..10]),
            DragsAsync(hub, connect));
    }

    [Fact]
    public async Task A_device_that_asks_too_often_for_its_twin_is_told_to_wait_and_one_that_sends_too_fast_is_read_more_slowly()
    {
        await using var hub = await HubUnderTest.StartAsync("devices: {messagesPerSecond: 2}");
        var (client, _) = await RawMqtt.ConnectAsync(hub, "fast", await hub.CreateDeviceAsync("fast"));
        await using var device = client;
        await device.SendAsync(RawMqtt.Subscribe(1, "$iothub/twin/res/#"));
        await device.ReceiveAsync();

        for (var i = 0; i < 20; i++)
            await device.SendAsync(RawMqtt.Publish($"$iothub/twin/GET/?$rid={i}", ""));
        var answers = new List<(string Topic, string Payload)>();
        for (var i = 0; i < 20; i++)
            answers.Add(await device.ReceivePublishAsync());

        answers.Should().Contain(a => a.Topic.StartsWith("$iothub/twin/res/200/", StringComparison.Ordinal));
        answers.Should().Contain(a => a.Topic.StartsWith("$iothub/twin/res/429/", StringComparison.Ordinal) && a.Payload.Contains("\"errorCode\":429001", StringComparison.Ordinal));
        for (var i = 1; i <= 6; i++)
            await device.SendAsync(RawMqtt.Publish("devices/fast/messages/events/", $"{i}", quality: 1, id: (ushort)i));
        for (var i = 1; i <= 6; i++)
            (await device.ReceiveAsync())!.Value.Body.Should().Equal(0, (byte)i);
        (await hub.CallAsync("GET", "api/v1/telemetry?device=fast")).Body!.AsArray().Should().HaveCount(6, "none of them is lost");
    }

    [Fact]
    public async Task Two_devices_that_take_an_identity_from_each_other_are_noticed()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var key = await hub.CreateDeviceAsync("twice");

        var (first, _) = await RawMqtt.ConnectAsync(hub, "twice", key);
        var (second, _) = await RawMqtt.ConnectAsync(hub, "twice", key);

        await first.ShouldEndAsync();
        await Eventually.TrueAsync("it is logged", () => hub.Log.Contains("twice is connected twice within seconds", StringComparison.Ordinal));
        hub.Log.Should().Contain("do two devices use this identity?");
        await first.DisposeAsync();
        await second.DisposeAsync();
    }

    private static async Task EndsAsync(HubUnderTest hub, int port, byte[] said)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(hub.Address, port);
        await socket.SendAsync(said);
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        try
        {
            while (await socket.ReceiveAsync(new byte[1024], deadline.Token) > 0)
            {
                // TLS says why.
            }
        }
        catch (SocketException)
        {
            // Whoever does not speak TLS may be told so by a reset.
        }
    }

    private static async Task ConnectEndsAsync(HubUnderTest hub, byte[] said)
    {
        await using var client = await RawMqtt.OpenAsync(hub);
        await client.SendAsync(said);
        await client.ShouldEndAsync();
    }

    /// <summary>A byte at a time, so that there is always something new.</summary>
    private static async Task DragsAsync(HubUnderTest hub, byte[] packet)
    {
        await using var client = await RawMqtt.OpenAsync(hub);
        var ended = client.ShouldEndAsync();
        try
        {
            foreach (var one in packet)
            {
                await client.SendAsync(one);
                if (await Task.WhenAny(ended, Task.Delay(TimeSpan.FromSeconds(0.5), TimeProvider.System)) == ended)
                    break;
            }
        }
        catch (IOException)
        {
            // It has ended meanwhile.
        }

        await ended;
    }
}
