using System.Net;
using EdgeOperator.Hub.Tests.Mqtt;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Hosting;

public sealed class HubProcessTests
{
    [Fact]
    public async Task The_first_start_shows_the_address_the_fingerprint_and_a_password_and_later_ones_no_password()
    {
        await using var hub = await HubUnderTest.StartAsync();
        hub.Log.Should().Contain($"https://{hub.Host}").And.MatchRegex("fingerprint \\(SHA-256\\): ([0-9A-F]{2}:){31}[0-9A-F]{2}").And.Contain("one-time password");
        foreach (var file in (string[])["ca.key", "secrets.key", "hub.db"])
            File.GetUnixFileMode(Path.Combine(hub.Data, file)).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        var fingerprint = hub.Log.Split("SHA-256): ")[1].Split('\n')[0];

        await hub.StopAsync();
        await hub.StartProcessAsync();

        hub.Log.Should().Contain(fingerprint).And.NotContain("password");
    }

    [Fact]
    public async Task A_device_is_disconnected_in_order_when_the_hub_stops()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var key = await hub.CreateDeviceAsync("d");
        var (client, _) = await RawMqtt.ConnectAsync(hub, "d", key);

        var stopping = hub.StopAsync();

        await client.ShouldEndAsync();
        await stopping;
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Many_writers_of_one_twin_lose_nothing()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.CreateDeviceAsync("d");

        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => hub.CallAsync("PATCH", "twins/d", Desired($"k{i}", i))));

        var desired = (await hub.CallAsync("GET", "twins/d")).Body!["properties"]!["desired"]!.AsObject();
        desired.Count(p => p.Key[0] == 'k').Should().Be(40);
        desired["$version"]!.GetValue<long>().Should().Be(41);
    }

    [Fact]
    public async Task Metrics_and_health_are_on_a_port_of_their_own()
    {
        await using var hub = await HubUnderTest.StartAsync();
        using var plain = new HttpClient { BaseAddress = new($"http://127.0.0.1:{hub.LocalPort}/") };

        (await plain.GetStringAsync("metrics")).Should().Contain("edgeoperator_hub_connections 0");
        using var rebound = new HttpRequestMessage(HttpMethod.Get, "metrics") { Headers = { Host = "rebound.attacker.example" } };
        (await plain.SendAsync(rebound)).StatusCode.Should().Be(HttpStatusCode.MisdirectedRequest);
        (await plain.GetStringAsync("healthz/live")).Should().Be("ok\n");
        (await plain.GetStringAsync("healthz/ready")).Should().Be("ok\n");
        (await plain.GetAsync(new Uri("devices", UriKind.Relative))).StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await hub.CallAsync("GET", "metrics")).Status.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Metrics_show_how_long_twins_queries_and_fan_out_take()
    {
        await using var hub = await HubUnderTest.StartAsync();
        using var plain = new HttpClient { BaseAddress = new($"http://127.0.0.1:{hub.LocalPort}/") };
        var (client, _) = await RawMqtt.ConnectAsync(hub, "measured", await hub.CreateDeviceAsync("measured"));
        await using var device = client;
        await device.SendAsync(RawMqtt.Subscribe(1, "$iothub/twin/res/#", "$iothub/twin/PATCH/properties/desired/#"));
        await device.ReceiveAsync();

        await device.SendAsync(RawMqtt.Publish("$iothub/twin/GET/?$rid=1", ""));
        await device.ReceivePublishAsync();
        await device.SendAsync(RawMqtt.Publish("$iothub/twin/PATCH/properties/reported/?$rid=2", """{"a":1}"""));
        await device.ReceivePublishAsync();
        await hub.CallAsync("PATCH", "twins/measured", Desired("k", 1));
        await device.ReceivePublishAsync();
        await hub.CallAsync("POST", "devices/query", """{"query":"SELECT * FROM devices"}""");

        await Eventually.SucceedsAsync(async () => (await plain.GetStringAsync("metrics")).Split('\n').Should().Contain([
            "edgeoperator_hub_twin_operation_duration_seconds_count{operation=\"get\"} 1",
            "edgeoperator_hub_twin_operation_duration_seconds_count{operation=\"report\"} 1",
            "edgeoperator_hub_query_duration_seconds_count{type=\"page\"} 1",
            "edgeoperator_hub_fanout_lag_seconds_count 1",
            "edgeoperator_hub_outbox_depth 0",
        ]));
    }

    [Theory]
    [InlineData("hostNam: x", "1:1", "did you mean `hostName`")]
    [InlineData("listen:\n  mqtt: nonsense", "2:9", "listen.mqtt")]
    [InlineData("tls: {certificate: /x.pem}", "1:", "key")]
    [InlineData("devices: {messagesPerSecond: 0}", "1:", "from 1 to")]
    public async Task A_configuration_that_is_wrong_is_refused_with_its_place(string yaml, string position, string advice)
    {
        using var folder = new TempFolder("hub");
        var file = folder.Write("hub.yaml", yaml);

        var refused = await ((Func<Task>)(() => Shell.RunAsync("dotnet", Path.Combine(AppContext.BaseDirectory, "edgeop-hub.dll"), "--config", file))).Should().ThrowAsync<InvalidOperationException>();

        refused.Which.Message.Should().Contain("ended with 3").And.Contain($"{file}:{position}").And.Contain(advice);
    }

    private static string Desired(string name, int value) => $$"""{"properties":{"desired":{"{{name}}":{{value}} } } }""";
}
