using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Hub.Tests.Mqtt;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Telemetry;

/// <summary>What a collector gets of a hub.</summary>
public sealed class OtlpTests
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    [Fact]
    public async Task Metrics_and_traces_of_devices_and_callers_reach_the_collector()
    {
        await using var collector = new OtlpReceiver();
        await using var hub = await HubUnderTest.StartAsync($$"""observability: {otlpEndpoint: "{{collector.Endpoint}}", otlpProtocol: http/protobuf}""");
        var key = await hub.CreateDeviceAsync("till-17");
        var (device, _) = await RawMqtt.ConnectAsync(hub, "till-17", key);
        await device.SendAsync(RawMqtt.Subscribe(1, "$iothub/twin/res/#", "$iothub/methods/POST/#"));
        await device.ReceiveAsync();
        await device.SendAsync(RawMqtt.Publish("$iothub/twin/GET/?$rid=1", ""));
        await device.ReceivePublishAsync();
        await device.SendAsync(RawMqtt.Publish("$iothub/twin/PATCH/properties/reported/?$rid=2", "no JSON"));
        await device.ReceivePublishAsync();
        var call = hub.CallAsync("POST", "twins/till-17/methods", """{"methodName":"reboot"}""");
        var request = (await device.ReceivePublishAsync()).Topic.Split("$rid=")[1];
        await device.SendAsync(RawMqtt.Publish($"$iothub/methods/res/200/?$rid={request}", "{}"));
        await call;
        using (var traced = new HttpRequestMessage(HttpMethod.Get, $"https://{hub.Host}/twins/till-17?secret=hunter2"))
        {
            traced.Headers.Authorization = AuthenticationHeaderValue.Parse(hub.Token());
            traced.Headers.Add("traceparent", $"00-{Trace}-00f067aa0ba902b7-01");
            await hub.Client.SendAsync(traced);
        }

        await device.DisposeAsync();
        await hub.StopAsync();

        var traces = await collector.ReceivedAsync("/v1/traces", Convert.FromHexString(Trace));
        foreach (var name in (string[])["edgeop-hub", "connect", "twin get", "twin report", "method reboot", "GET /twins/{}", "till-17", "IotHubFormatError"])
            traces.Should().Contain(name);
        traces.Should().NotContain("hunter2").And.NotContain("SharedAccessSignature").And.NotContain(key);
        var metrics = await collector.ReceivedAsync("/v1/metrics", "edgeoperator_hub_connects");
        metrics.Should().Contain("edgeoperator_hub_twin_operations").And.Contain("edgeoperator_hub_connections").And.Contain("answered");
    }

    [Fact]
    public async Task A_log_line_says_which_device_it_is_about_and_which_trace_it_belongs_to()
    {
        await using var collector = new OtlpReceiver();
        await using var hub = await HubUnderTest.StartAsync(
            $$"""observability: {otlpEndpoint: "{{collector.Endpoint}}", otlpProtocol: http/protobuf}""", replicaOf: null, "EDGEOP_LOG_FORMAT=json");
        var wrong = Convert.ToBase64String(Encoding.UTF8.GetBytes("a key that nobody has"));
        await hub.CreateDeviceAsync("till-17");

        await (await RawMqtt.ConnectAsync(hub, "till-17", wrong)).Client.DisposeAsync();
        await Eventually.TrueAsync("it is logged", () => hub.Log.Contains("is refused", StringComparison.Ordinal));
        await hub.StopAsync();

        var line = JsonNode.Parse(hub.Log.Split('\n').Single(l => l.Contains("is refused", StringComparison.Ordinal)))!;
        ((string?)line["deviceId"]).Should().Be("till-17");
        await collector.ReceivedAsync("/v1/traces", Convert.FromHexString((string)line["traceId"]!));
        hub.Log.Should().NotContain(wrong);
    }

    [Fact]
    public async Task A_collector_that_is_away_disturbs_nobody()
    {
        await using var hub = await HubUnderTest.StartAsync($$"""observability: {otlpEndpoint: "http://127.0.0.1:{{FreePort.Next()}}"}""");
        var key = await hub.CreateDeviceAsync("d");

        var (device, acknowledgement) = await RawMqtt.ConnectAsync(hub, "d", key);

        acknowledgement.Should().Equal(0, 0);
        await device.DisposeAsync();
        await hub.StopAsync();
        hub.Log.Should().NotContain("fail:").And.NotContain("Exception");
    }
}
