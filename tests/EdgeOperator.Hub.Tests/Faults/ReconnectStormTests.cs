using EdgeOperator.Hub.Tests.Mqtt;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Faults;

/// <summary>The hub is restarted, and all devices come back at the same moment.</summary>
public sealed class ReconnectStormTests
{
    private const int Devices = 400;

    [Fact]
    public async Task All_are_back_with_their_subscriptions_and_who_is_connected_is_served_meanwhile()
    {
        await using var hub = await HubUnderTest.StartAsync("devices: {messagesPerSecond: 10000}");
        using var metrics = new HttpClient { BaseAddress = new($"http://127.0.0.1:{hub.LocalPort}/") };
        var steadyKey = await hub.CreateDeviceAsync("steady");
        var keys = new string[Devices];
        await Parallel.ForAsync(0, Devices, async (i, _) => keys[i] = await hub.CreateDeviceAsync($"storm-{i}"));
        var first = await ConnectAllAsync(hub, keys);
        await Task.WhenAll(first.Select(async d =>
        {
            await d.Client.SendAsync(RawMqtt.Subscribe(1, "$iothub/twin/PATCH/properties/desired/#"));
            await d.Client.ReceiveAsync();
        }));

        hub.Kill();
        await hub.StopAsync();
        foreach (var (client, _) in first)
            await client.DisposeAsync();
        await hub.StartProcessAsync();
        var (steady, _) = await RawMqtt.ConnectAsync(hub, "steady", steadyKey);
        await using var connected = steady;
        await steady.SendAsync(RawMqtt.Subscribe(1, "$iothub/twin/res/#"));
        await steady.ReceiveAsync();

        var storm = ConnectAllAsync(hub, keys);
        var served = 0;
        while (!storm.IsCompleted)
        {
            await steady.SendAsync(RawMqtt.Publish($"$iothub/twin/GET/?$rid={served}", ""));
            (await steady.ReceivePublishAsync()).Topic.Should().Be($"$iothub/twin/res/200/?$rid={served}");
            served++;
        }

        var back = await storm;
        served.Should().BePositive();
        back.Should().OnlyContain(d => d.Acknowledgement.SequenceEqual(new byte[] { 1, 0 }), "each keeps its subscriptions, and none is refused");
        await Eventually.SucceedsAsync(async () => (await metrics.GetStringAsync("metrics")).Should().Contain($"edgeoperator_hub_connections {Devices + 1}\n"));
        await hub.CallAsync("PATCH", $"twins/storm-{Devices - 1}", """{"properties":{"desired":{"a":1}}}""");
        (await back[^1].Client.ReceivePublishAsync()).Payload.Should().Be("""{"a":1,"$version":2}""");
        foreach (var (client, _) in back)
            await client.DisposeAsync();
    }

    private static Task<(RawMqtt Client, byte[] Acknowledgement)[]> ConnectAllAsync(HubUnderTest hub, string[] keys) =>
        Task.WhenAll(keys.Select((key, i) => Task.Run(() => RawMqtt.ConnectAsync(hub, $"storm-{i}", key, clean: false))));
}
