using System.Net;
using EdgeOperator.Hub.Tests.Mqtt;
using EdgeOperator.Hub.Tests.Storage;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Replicas;

/// <summary>Whichever replica a device is connected to, and whichever an operator asks.</summary>
[Collection(SharedPostgres.Name)]
public sealed class ReplicaTests(ReplicaPair pair, SharedPostgres shared) : IClassFixture<ReplicaPair>
{
    private static readonly string[] Everything =
        ["$iothub/twin/res/#", "$iothub/twin/PATCH/properties/desired/#", "$iothub/methods/POST/#"];

    [Fact]
    public async Task Replicas_show_one_hub()
    {
        pair.Two.Log.Should().NotContain("password");
        pair.Two.ConnectionString.Should().Be(pair.One.ConnectionString);
        pair.Two.IdScope.Should().Be(pair.One.IdScope);
        await pair.One.CreateDeviceAsync("shown");

        (await pair.Two.CallAsync("GET", "devices/shown")).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Desired_properties_and_messages_that_one_replica_takes_reach_a_device_of_the_other()
    {
        await using var device = await ConnectAsync(pair.One, "told");
        await SubscribeAsync(device, "devices/told/messages/devicebound/#");

        (await pair.Two.CallAsync("PATCH", "twins/told", """{"properties":{"desired":{"a":1}}}""")).Status.Should().Be(HttpStatusCode.OK);
        (await device.ReceivePublishAsync()).Should().Be(("$iothub/twin/PATCH/properties/desired/?$version=2", """{"a":1,"$version":2}"""));
        (await pair.Two.CallAsync("POST", "devices/told/messages/devicebound", "\"hello\"")).Status.Should().Be(HttpStatusCode.Accepted);
        (await device.ReceivePublishAsync()).Payload.Should().Be("\"hello\"");

        (await pair.Two.CallAsync("GET", "devices/told")).Body!["connectionState"]!.GetValue<string>().Should().Be("Connected");
        (await pair.Two.CallAsync("DELETE", "devices/told", match: "*")).Status.Should().Be(HttpStatusCode.NoContent);
        await device.ShouldEndAsync();
    }

    [Fact]
    public async Task A_method_that_is_called_at_one_replica_is_answered_by_a_device_of_the_other()
    {
        await using var device = await ConnectAsync(pair.One, "called");

        var calling = pair.Two.CallAsync("POST", "twins/called/methods", """{"methodName":"m","payload":{"ü":1},"responseTimeoutInSeconds":30}""");
        var (topic, payload) = await device.ReceivePublishAsync();
        topic.Should().StartWith("$iothub/methods/POST/m/?$rid=");
        payload.Should().Contain("1");
        await device.SendAsync(RawMqtt.Publish($"$iothub/methods/res/207/?$rid={topic.Split("$rid=")[1]}", """{"done":true}"""));

        var (status, body) = await calling;
        status.Should().Be(HttpStatusCode.OK);
        body!.ToJsonString().Should().Be("""{"status":207,"payload":{"done":true}}""");
    }

    [Fact]
    public async Task A_method_waits_for_a_device_that_connects_to_the_other_replica_and_fails_as_ever_when_none_does_or_it_does_not_answer()
    {
        var key = await pair.One.CreateDeviceAsync("awaited");
        (await pair.Two.CallAsync("POST", "twins/awaited/methods", """{"methodName":"m"}""")).Status.Should().Be(HttpStatusCode.NotFound);

        var calling = pair.Two.CallAsync("POST", "twins/awaited/methods", """{"methodName":"m","connectTimeoutInSeconds":60,"responseTimeoutInSeconds":5}""");
        var (client, _) = await RawMqtt.ConnectAsync(pair.One, "awaited", key);
        await using var device = client;
        await SubscribeAsync(device, Everything);

        (await device.ReceivePublishAsync()).Topic.Should().StartWith("$iothub/methods/POST/m/");
        (await calling).Status.Should().Be(HttpStatusCode.GatewayTimeout);
    }

    [Fact]
    public async Task A_device_that_moves_is_taken_over_and_keeps_its_subscriptions()
    {
        var key = await pair.One.CreateDeviceAsync("moving");
        var (first, _) = await RawMqtt.ConnectAsync(pair.One, "moving", key, clean: false);
        await SubscribeAsync(first, Everything);

        var (second, acknowledgement) = await RawMqtt.ConnectAsync(pair.Two, "moving", key, clean: false);

        await first.ShouldEndAsync();
        acknowledgement.Should().Equal(1, 0);
        await first.DisposeAsync();
        await pair.One.CallAsync("PATCH", "twins/moving", """{"properties":{"desired":{"a":1}}}""");
        (await second.ReceivePublishAsync()).Payload.Should().Be("""{"a":1,"$version":2}""");
        await StateShouldBeAsync("moving", "Connected");
        await second.SendAsync(0xE0, 0);
        await StateShouldBeAsync("moving", "Disconnected");
        await second.DisposeAsync();
    }

    [Fact]
    public async Task A_replica_that_was_given_up_while_it_lived_lets_its_devices_connect_anew()
    {
        await using var device = await ConnectAsync(pair.One, "given-up");

        await shared.Server.RunAsync("psql", "-c", "DELETE FROM replicas", pair.Database);

        await device.ShouldEndAsync();
        await StateShouldBeAsync("given-up", "Disconnected");
        await using var again = await RawMqtt.OpenAsync(pair.One);
    }

    [Fact]
    public async Task A_replica_needs_the_keys_and_the_CA_of_the_others()
    {
        await using var stranger = HubUnderTest.Prepare(shared.Server.Configuration(pair.Database));
        (await FluentActions.Awaiting(stranger.StartProcessAsync).Should().ThrowAsync<InvalidOperationException>()).WithMessage("*secrets.key is missing*copy it together with ca.pem and ca.key from another replica*");

        stranger.CopyKeys(pair.One);
        foreach (var file in (string[])["ca.pem", "ca.key"])
            File.Delete(Path.Combine(stranger.Data, file));
        (await FluentActions.Awaiting(stranger.StartProcessAsync).Should().ThrowAsync<InvalidOperationException>()).WithMessage("*is not that of the other replicas*copy ca.pem and ca.key*");
    }

    private async Task StateShouldBeAsync(string device, string state)
    {
        foreach (var hub in (HubUnderTest[])[pair.One, pair.Two])
            await Eventually.SucceedsAsync(async () => (await hub.CallAsync("GET", $"devices/{device}")).Body!["connectionState"]!.GetValue<string>().Should().Be(state));
    }

    private static async Task<RawMqtt> ConnectAsync(HubUnderTest hub, string device)
    {
        var (client, _) = await RawMqtt.ConnectAsync(hub, device, await hub.CreateDeviceAsync(device), clean: false);
        await SubscribeAsync(client, Everything);
        return client;
    }

    private static async Task SubscribeAsync(RawMqtt client, params string[] filters)
    {
        await client.SendAsync(RawMqtt.Subscribe(1, filters));
        (await client.ReceiveAsync())!.Value.First.Should().Be(0x90);
    }
}
