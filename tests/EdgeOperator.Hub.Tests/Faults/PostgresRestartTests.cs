using System.Net;
using EdgeOperator.Hub.Tests.Mqtt;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Faults;

/// <summary>The database goes away beneath the hub and comes back.</summary>
public sealed class PostgresRestartTests
{
    [Fact]
    public async Task Requests_are_refused_meanwhile_devices_stay_and_all_goes_on_afterwards()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var hub = await HubUnderTest.StartAsync(server.Configuration(await server.CreateDatabaseAsync()));
        var key = await hub.CreateDeviceAsync("d");
        var (client, _) = await RawMqtt.ConnectAsync(hub, "d", key, clean: false);
        await using var device = client;
        await device.SendAsync(RawMqtt.Subscribe(1, "$iothub/twin/res/#", "$iothub/twin/PATCH/properties/desired/#"));
        await device.ReceiveAsync();

        await server.StopAsync();
        (await hub.CallAsync("PATCH", "twins/d", Desired(1))).Status.Should().Be(HttpStatusCode.ServiceUnavailable);
        await device.SendAsync(RawMqtt.Publish("$iothub/twin/GET/?$rid=1", " "));
        (await device.ReceivePublishAsync()).Topic.Should().StartWith("$iothub/twin/res/503/");
        var (refused, acknowledgement) = await RawMqtt.ConnectAsync(hub, "d", key, clean: false);
        acknowledgement.Should().Equal(0, 3);
        await refused.DisposeAsync();
        (await ReadyAsync(hub)).Should().Be(HttpStatusCode.ServiceUnavailable);
        await server.StartProcessAsync();

        await Eventually.SucceedsAsync(async () => (await hub.CallAsync("PATCH", "twins/d", Desired(2))).Status.Should().Be(HttpStatusCode.OK));
        (await device.ReceivePublishAsync()).Topic.Should().StartWith("$iothub/twin/PATCH/properties/desired/");
        await device.SendAsync(RawMqtt.Publish("$iothub/twin/GET/?$rid=2", " "));
        (await device.ReceivePublishAsync()).Topic.Should().StartWith("$iothub/twin/res/200/");
        (await hub.CallAsync("GET", "devices/d")).Body!["connectionState"]!.GetValue<string>().Should().Be("Connected");
        (await ReadyAsync(hub)).Should().Be(HttpStatusCode.OK);
    }

    private static async Task<HttpStatusCode> ReadyAsync(HubUnderTest hub)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{hub.LocalPort}/healthz/ready"));
        return answer.StatusCode;
    }

    private static string Desired(int value) => $$"""{"properties":{"desired":{"n":{{value}} } } }""";
}
