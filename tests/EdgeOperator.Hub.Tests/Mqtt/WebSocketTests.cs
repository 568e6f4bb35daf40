using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Mqtt;

/// <summary>MQTT over WebSocket, framed as no SDK would, and as somebody would who wants to take the hub's memory.</summary>
[Collection(SharedHub.Name)]
public sealed class WebSocketTests(SharedHub shared)
{
    private const int LargestMessage = 256 * 1024;

    private static int _names;

    private HubUnderTest Hub => shared.Hub;

    [Fact]
    public async Task Packets_may_be_split_over_frames_and_fragments_at_any_byte()
    {
        var (device, key) = await NewDeviceAsync();
        var (client, _) = await RawWebSocket.OpenAsync(Hub);
        await using var connected = client;
        var login = RawWebSocket.Login(Hub, device, key);

        await client.SendAsync(RawWebSocket.Frame(RawWebSocket.Binary, login[..1]));
        await client.SendAsync(RawWebSocket.Frame(RawWebSocket.Binary, login[1..7], isFinal: false));
        await client.SendAsync(RawWebSocket.Frame(RawWebSocket.Ping, [1]));
        await client.SendAsync(RawWebSocket.Frame(RawWebSocket.Continuation, [], isFinal: false));
        foreach (var part in login[7..].Chunk(9))
            await client.SendAsync(RawWebSocket.Frame(RawWebSocket.Continuation, part, isFinal: false));
        await client.SendAsync(RawWebSocket.Frame(RawWebSocket.Continuation, []));

        (await client.ReceiveAsync())!.Value.Should().BeEquivalentTo((Kind: RawWebSocket.Pong, Payload: new byte[] { 1 }));
        (await client.ReceiveAsync())!.Value.Payload.Should().Equal(0x20, 2, 0, 0);
    }

    [Fact]
    public async Task Many_packets_may_come_in_one_frame_and_all_are_answered_in_order()
    {
        var (device, key) = await NewDeviceAsync();
        var (client, _) = await RawWebSocket.OpenAsync(Hub);
        await using var connected = client;
        byte[] pings = [.. Enumerable.Repeat((byte[])[0xC0, 0], 5_000).SelectMany(p => p)];

        await client.SendAsync(RawWebSocket.Frame(RawWebSocket.Binary, [.. RawWebSocket.Login(Hub, device, key), .. pings, .. RawMqtt.Subscribe(9, "$iothub/twin/res/#")]));

        var received = new List<byte>();
        while (received.Count < 4 + pings.Length + 5)
            received.AddRange((await client.ReceiveAsync())!.Value.Payload);
        received[..4].Should().Equal(0x20, 2, 0, 0);
        received[4..^5].Chunk(2).Should().AllSatisfy(answer => answer.Should().Equal(0xD0, 0));
        received[^5..].Should().Equal(0x90, 3, 0, 9, 1);
    }

    [Fact]
    public async Task A_message_may_be_as_large_as_over_TCP()
    {
        var (device, key) = await NewDeviceAsync();
        await using var client = await RawWebSocket.ConnectAsync(Hub, device, key);

        await client.SendAsync(RawWebSocket.Frame(RawWebSocket.Binary, RawMqtt.Publish($"devices/{device}/messages/events/", new string('x', LargestMessage), quality: 1, id: 3)));

        (await client.ReceiveAsync())!.Value.Payload.Should().Equal(0x40, 2, 0, 3);
    }

    [Theory]
    [InlineData(RawWebSocket.Text, true)]
    [InlineData(RawWebSocket.Text, false)]
    public async Task A_text_frame_ends_the_connection(byte kind, bool isLoggedIn)
    {
        var (device, key) = await NewDeviceAsync();
        await using var client = isLoggedIn ? await RawWebSocket.ConnectAsync(Hub, device, key) : (await RawWebSocket.OpenAsync(Hub)).Client;

        await client.SendAsync(RawWebSocket.Frame(kind, isLoggedIn ? [0xC0, 0] : RawWebSocket.Login(Hub, device, key)));

        (await client.EndsWithAsync()).Should().Be(1003);
    }

    [Theory]
    [InlineData(0x83)]
    [InlineData(0xC2)]
    [InlineData(0x80)]
    [InlineData(0x09)]
    public async Task A_frame_that_is_none_ends_the_connection(byte first)
    {
        var (device, key) = await NewDeviceAsync();
        await using var client = await RawWebSocket.ConnectAsync(Hub, device, key);

        await client.SendAsync(first, 0x80, 0, 0, 0, 0);

        ((await client.EndsWithAsync()) is null or 1002).Should().BeTrue();
    }

    [Fact]
    public async Task A_packet_that_is_too_large_ends_the_connection_by_its_length_alone_however_long_the_frame_is()
    {
        var (client, _) = await RawWebSocket.OpenAsync(Hub);
        await using var stranger = client;

        await client.SendAsync([.. RawWebSocket.Header(RawWebSocket.Binary, long.MaxValue), 0x10, 0xFF, 0xFF, 0x7F]);

        await client.EndsWithAsync();
    }

    [Fact]
    public async Task A_frame_of_any_length_takes_no_more_memory_than_a_packet_may_have()
    {
        var before = PrivateMemory();
        var clients = new List<RawWebSocket>();
        for (var i = 0; i < 8; i++)
        {
            var (client, _) = await RawWebSocket.OpenAsync(Hub);
            clients.Add(client);

            // Of a CONNECT that is announced with less than it may have, and then goes on and on in the frame.
            await client.SendAsync([.. RawWebSocket.Header(RawWebSocket.Binary, 1L << 40), 0x10, 0xFF, 0x7F]);
            await SendUntilRefusedAsync(client, 16 * 1024 * 1024);
        }

        (PrivateMemory() - before).Should().BeLessThan(50L * 1024 * 1024);
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    [Fact]
    public async Task Pings_are_answered_and_whoever_does_not_read_the_answers_harms_nobody_else()
    {
        var (device, key) = await NewDeviceAsync();
        var (other, otherKey) = await NewDeviceAsync();
        await using var flooder = await RawWebSocket.ConnectAsync(Hub, device, key);
        var before = PrivateMemory();

        var pings = Enumerable.Repeat(RawWebSocket.Frame(RawWebSocket.Ping, new byte[125]), 1_000).SelectMany(p => p).ToArray();
        await SendUntilRefusedAsync(flooder, 32 * 1024 * 1024, pings);
        await using var client = await RawWebSocket.ConnectAsync(Hub, other, otherKey);
        await client.SendAsync(RawWebSocket.Frame(RawWebSocket.Binary, [0xC0, 0]));

        (await client.ReceiveAsync())!.Value.Payload.Should().Equal(0xD0, 0);
        (PrivateMemory() - before).Should().BeLessThan(50L * 1024 * 1024);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_end_in_the_middle_of_a_packet_is_the_device_s_end(bool isInOrder)
    {
        var (device, key) = await NewDeviceAsync();
        var client = await RawWebSocket.ConnectAsync(Hub, device, key);

        await client.SendAsync(RawWebSocket.Frame(RawWebSocket.Binary, RawMqtt.Publish($"devices/{device}/messages/events/", "half")[..9]));
        if (isInOrder)
        {
            await client.SendAsync(RawWebSocket.Frame(RawWebSocket.Close, [3, 232]));
            await client.EndsWithAsync();
        }

        await client.DisposeAsync();
        await Eventually.TrueAsync("the device counts as disconnected", async () =>
            (await Hub.CallAsync("GET", $"devices/{device}")).Body!["connectionState"]!.GetValue<string>() == "Disconnected");
        (await Hub.CallAsync("GET", $"api/v1/telemetry?device={device}")).Body!.AsArray().Should().BeEmpty();
    }

    [Fact]
    public async Task Whoever_says_nothing_or_hardly_anything_is_disconnected_at_the_deadline()
    {
        await using var hub = await HubUnderTest.StartAsync("devices: {connectTimeout: 2s}");
        var key = await hub.CreateDeviceAsync("slow");
        var (client, _) = await RawWebSocket.OpenAsync(hub);
        await using var slow = client;

        await client.SendAsync(RawWebSocket.Frame(RawWebSocket.Binary, RawWebSocket.Login(hub, "slow", key)[..5]));
        await client.SendAsync(RawWebSocket.Header(RawWebSocket.Binary, 100)[..3]);

        await client.EndsWithAsync();
    }

    [Fact]
    public async Task A_client_without_a_subprotocol_or_with_others_too_is_accepted_and_mqtt_is_what_it_gets()
    {
        foreach (var (offered, chosen) in ((string, string?)[])[("", null), ("Sec-WebSocket-Protocol: chat, MQTT\r\n", "Sec-WebSocket-Protocol: MQTT")])
        {
            var (client, answer) = await RawWebSocket.OpenAsync(Hub, offered);
            await client.DisposeAsync();

            answer.Should().StartWith("HTTP/1.1 101 ");
            if (chosen is null)
                answer.Should().NotContain("Sec-WebSocket-Protocol");
            else
                answer.Should().Contain(chosen);
        }
    }

    [Theory]
    [InlineData("POST", "$iothub/websocket/negotiate?negotiateVersion=1")]
    [InlineData("POST", "$iothub/websocket?id=abc")]
    [InlineData("DELETE", "$iothub/websocket?id=abc")]
    [InlineData("GET", "$iothub/websocket")]
    public async Task There_is_no_other_way_in_than_a_WebSocket(string method, string path)
    {
        using var request = new HttpRequestMessage(new(method), $"https://{Hub.Host}/{path}");
        using var answer = await Hub.Client.SendAsync(request);

        ((int)answer.StatusCode).Should().BeInRange(400, 499);
        (await answer.Content.ReadAsStringAsync()).Should().NotContain("connectionId");
    }

    private static async Task SendUntilRefusedAsync(RawWebSocket client, int bytes, byte[]? chunk = null)
    {
        chunk ??= new byte[64 * 1024];
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        try
        {
            for (var sent = 0; sent < bytes; sent += chunk.Length)
                await client.SendAsync(chunk).WaitAsync(patience.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The hub does not read on, or has ended the connection.
        }
    }

    private long PrivateMemory() => File.ReadLines($"/proc/{Hub.ProcessId}/status").Where(line => line.StartsWith("RssAnon:", StringComparison.Ordinal))
        .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) * 1024).Single();

    private async Task<(string Device, string Key)> NewDeviceAsync()
    {
        var device = $"ws-{Interlocked.Increment(ref _names)}";
        return (device, await Hub.CreateDeviceAsync(device));
    }
}
