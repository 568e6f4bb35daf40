using System.Text;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Mqtt;

/// <summary>MQTT as clients should not speak it, and what well-behaved SDKs don't show.</summary>
[Collection(SharedHub.Name)]
public sealed class ProtocolTests(SharedHub shared)
{
    private static int _names;

    private HubUnderTest Hub => shared.Hub;

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("\u0010\u0002ab")]
    [InlineData("\u0010\u00ff\u00ff\u00ff\u007f")]
    [InlineData("\u0010\u00ff\u00ff\u00ff\u00ff\u00ff")]
    [InlineData("\u00c0\u0000")]
    [InlineData("\u0000\u0000")]
    public async Task Whoever_does_not_start_with_a_CONNECT_is_disconnected_in_order(string bytes)
    {
        await using var client = await RawMqtt.OpenAsync(Hub);

        await client.SendAsync(Encoding.Latin1.GetBytes(bytes));

        await client.ShouldEndAsync();
    }

    [Theory]
    [InlineData(5, "MQTT")]
    [InlineData(3, "MQIsdp")]
    [InlineData(4, "MQTX")]
    public async Task Other_versions_of_MQTT_are_refused_with_code_1(byte level, string protocol)
    {
        await using var client = await RawMqtt.OpenAsync(Hub);

        await client.SendAsync(RawMqtt.Connect("d", $"{Hub.Host}/d/?api-version=2021-04-12", "x", level: level, protocol: protocol));

        (await client.ReceiveAsync())!.Value.Body.Should().Equal(0, 1);
        await client.ShouldEndAsync();
    }

    [Theory]
    [InlineData("other", "{host}/d/?api-version=2021-04-12", 2)]
    [InlineData("d", "", 2)]
    [InlineData("d", "nonsense", 2)]
    [InlineData("d", "{host}/d/?api-version=2021-04-12", 5)]
    [InlineData("d/m", "{host}/d/m/?api-version=2021-04-12", 5)]
    public async Task Names_that_disagree_are_refused_with_code_2_and_unknown_devices_with_code_5(string clientId, string userName, byte code)
    {
        await using var client = await RawMqtt.OpenAsync(Hub);

        await client.SendAsync(RawMqtt.Connect(clientId, userName.Replace("{host}", Hub.Host, StringComparison.Ordinal), "SharedAccessSignature sr=x"));

        (await client.ReceiveAsync())!.Value.Body.Should().Equal(0, code);
    }

    [Fact]
    public async Task A_packet_that_is_too_large_ends_the_connection_before_it_has_arrived()
    {
        await using var client = await ConnectAsync();

        await client.SendAsync(0x30, 0xff, 0xff, 0xff, 0x7f);

        await client.ShouldEndAsync();
    }

    [Theory]
    [InlineData("publish")]
    [InlineData("no topic")]
    [InlineData("flags")]
    public async Task A_packet_without_identifier_topic_or_the_flags_it_needs_ends_the_connection(string what)
    {
        var (client, device) = await ConnectNamedAsync();
        await using var connected = client;

        await client.SendAsync(what switch
        {
            "publish" => RawMqtt.Publish($"devices/{device}/messages/events/", "x", quality: 1, id: 0),
            "no topic" => RawMqtt.Subscribe(1),
            _ => [0x80, .. RawMqtt.Subscribe(1, $"devices/{device}/messages/devicebound/#").AsSpan(1)],
        });

        (await client.ReceiveAsync()).Should().BeNull();
    }

    [Theory]
    [InlineData("devices/somebody-else/messages/events/", 0)]
    [InlineData("devices/{d}/messages/devicebound/x", 0)]
    [InlineData("$iothub/twin/PATCH/properties/desired/?$rid=1", 0)]
    [InlineData("$iothub/twin/GET/", 0)]
    [InlineData("anything", 0)]
    [InlineData("devices/{d}/messages/events/", 2)]
    public async Task What_a_device_may_not_publish_ends_its_connection(string topic, int quality)
    {
        var (client, device) = await ConnectNamedAsync();
        await using var connected = client;

        await client.SendAsync(RawMqtt.Publish(topic.Replace("{d}", device, StringComparison.Ordinal), "{}", quality));

        await client.ShouldEndAsync();
    }

    [Fact]
    public async Task Subscriptions_of_ones_own_are_granted_and_all_others_refused()
    {
        var (client, device) = await ConnectNamedAsync();
        await using var connected = client;

        await client.SendAsync(RawMqtt.Subscribe(
            7, $"devices/{device}/messages/devicebound/#", "$iothub/twin/res/#", "devices/other/messages/devicebound/#", "#", "$iothub/#", $"devices/{device}/modules/m/#", "$iothub/methods/POST/#"));

        (await client.ReceiveAsync())!.Value.Body.Should().Equal(0, 7, 1, 1, 0x80, 0x80, 0x80, 0x80, 1);
    }

    [Fact]
    public async Task Subscriptions_outlive_the_connection_unless_it_starts_clean()
    {
        var (device, key) = await NewDeviceAsync();
        var (first, fresh) = await RawMqtt.ConnectAsync(Hub, device, key, clean: false);
        await first.SendAsync(RawMqtt.Subscribe(1, "$iothub/twin/res/#"));
        await first.ReceiveAsync();
        await first.DisposeAsync();

        var (second, kept) = await RawMqtt.ConnectAsync(Hub, device, key, clean: false);
        await second.SendAsync(RawMqtt.Publish("$iothub/twin/GET/?$rid=a", " "));
        var answer = await second.ReceivePublishAsync();
        await second.DisposeAsync();
        var (third, clean) = await RawMqtt.ConnectAsync(Hub, device, key, clean: true);
        await third.DisposeAsync();

        fresh.Should().Equal(0, 0);
        kept.Should().Equal(1, 0);
        answer.Topic.Should().Be("$iothub/twin/res/200/?$rid=a");
        clean.Should().Equal(0, 0);
    }

    [Fact]
    public async Task A_second_connection_takes_over_and_the_first_one_ends_in_order()
    {
        var (device, key) = await NewDeviceAsync();
        var (first, _) = await RawMqtt.ConnectAsync(Hub, device, key);

        var (second, _) = await RawMqtt.ConnectAsync(Hub, device, key);

        await first.ShouldEndAsync();
        await second.SendAsync(0xC0, 0);
        (await second.ReceiveAsync())!.Value.First.Should().Be(0xD0);
        (await Hub.CallAsync("GET", $"devices/{device}")).Body!["connectionState"]!.GetValue<string>().Should().Be("Connected");
        await first.DisposeAsync();
        await second.DisposeAsync();
    }

    [Fact]
    public async Task A_silent_client_is_disconnected_after_one_and_a_half_keep_alives()
    {
        var (device, key) = await NewDeviceAsync();
        var (client, _) = await RawMqtt.ConnectAsync(Hub, device, key, keepAlive: 1);

        await client.ShouldEndAsync();

        await Eventually.TrueAsync("the device counts as disconnected", async () =>
            (await Hub.CallAsync("GET", $"devices/{device}")).Body!["connectionState"]!.GetValue<string>() == "Disconnected");
        await client.DisposeAsync();
    }

    [Theory]
    [InlineData("not json", 400)]
    [InlineData("[1]", 400)]
    [InlineData("""{"a":1,"a":2}""", 400)]
    [InlineData("""{"a.b":1}""", 400)]
    public async Task A_report_that_is_not_allowed_is_answered_in_topic_and_body(string payload, int status)
    {
        await using var client = await ConnectAsync();
        await client.SendAsync(RawMqtt.Subscribe(1, "$iothub/twin/res/#"));
        await client.ReceiveAsync();

        await client.SendAsync(RawMqtt.Publish("$iothub/twin/PATCH/properties/reported/?$rid=r1", payload));

        var (topic, body) = await client.ReceivePublishAsync();
        topic.Should().Be($"$iothub/twin/res/{status}/?$rid=r1");
        body.Should().Contain($"\"errorCode\":{status}0");
    }

    [Fact]
    public async Task Telemetry_with_QoS_1_is_acknowledged_once_it_is_stored()
    {
        var (client, device) = await ConnectNamedAsync();
        await using var connected = client;

        await client.SendAsync(RawMqtt.Publish($"devices/{device}/messages/events/a=1&b", "x", quality: 1, id: 513));

        (await client.ReceiveAsync())!.Value.Should().BeEquivalentTo((First: (byte)0x40, Body: new byte[] { 2, 1 }));
        var message = (await Hub.CallAsync("GET", $"api/v1/telemetry?device={device}")).Body!.AsArray().Single()!;
        message["properties"]!.ToJsonString().Should().Be("""{"a":"1","b":null}""");
    }

    [Fact]
    public async Task What_a_device_sends_before_it_closes_is_taken_to_the_last_packet()
    {
        const int Messages = 40;
        for (var round = 0; round < 10; round++)
        {
            var (client, device) = await ConnectNamedAsync();

            await client.SendAsync([.. Enumerable.Range(0, Messages).SelectMany(i => RawMqtt.Publish($"devices/{device}/messages/events/", $"{i}")), 0xE0, 0]);
            await client.DisposeAsync();

            await Eventually.TrueAsync("all of it is stored", async () => (await Hub.CallAsync("GET", $"api/v1/telemetry?device={device}")).Body!.AsArray().Count == Messages);
            await Eventually.TrueAsync("it has taken its leave", async () =>
                (await Hub.CallAsync("GET", $"api/v1/events/latest?device={device}&type=deviceDisconnected")).Body!.ToJsonString().Contains("has taken its leave", StringComparison.Ordinal));
        }
    }

    private async Task<RawMqtt> ConnectAsync() => (await ConnectNamedAsync()).Client;

    private async Task<(RawMqtt Client, string Device)> ConnectNamedAsync()
    {
        var (device, key) = await NewDeviceAsync();
        return ((await RawMqtt.ConnectAsync(Hub, device, key)).Client, device);
    }

    private async Task<(string Device, string Key)> NewDeviceAsync()
    {
        var device = $"raw-{Interlocked.Increment(ref _names)}";
        return (device, await Hub.CreateDeviceAsync(device));
    }
}
