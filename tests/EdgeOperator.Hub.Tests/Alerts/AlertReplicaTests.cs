using System.Text.Json.Nodes;
using EdgeOperator.Hub.Tests.Mqtt;
using EdgeOperator.Hub.Tests.Storage;
using EdgeOperator.Testing;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Hub.Tests.Alerts;

/// <summary>Of several replicas one tells, and another goes on when it is gone: everybody is told everything once.</summary>
[Collection(SharedPostgres.Name)]
public sealed class AlertReplicaTests(SharedPostgres postgres)
{
    [Fact]
    public async Task When_the_replica_that_tells_is_killed_another_one_goes_on_and_nothing_is_told_twice_or_not_at_all()
    {
        await using var http = await HttpReceiver.StartAsync();
        var configuration = postgres.Server.Configuration(await postgres.Server.CreateDatabaseAsync()) + $$"""

            alerts:
              rules: [{name: NotReady, condition: {type: Ready, status: "False"}, for: 0s, groupBy: [site]}]
              resolveAfter: 0s
              webhooks: [{name: hook, url: "{{http.Address}}/hook"}]
            """;
        await using var one = await HubUnderTest.StartAsync(configuration);
        await using var two = await HubUnderTest.StartAsync(configuration, replicaOf: one);

        await using var berlin = await ConnectAsync(one, "berlin");
        await ReportAsync(berlin, "False");
        await DeliveredAsync(one, "berlin", "Firing");
        var (leader, other) = Tells(one) ? (one, two) : (two, one);
        Tells(other).Should().BeFalse("only the leader tells");

        // What it has noted and could not tell yet is in the store when it dies, and what happens while nobody leads is found later.
        http.Status = StatusCodes.Status503ServiceUnavailable;
        await using var lima = await ConnectAsync(other, "lima");
        await ReportAsync(lima, "False");
        await Eventually.TrueAsync("the leader has tried", () => leader.Log.Contains("could not be told to hook", StringComparison.Ordinal));
        leader.Kill();
        http.Status = StatusCodes.Status200OK;
        await using var paris = await ConnectAsync(other, "paris");
        await ReportAsync(paris, "False");
        await using var again = await RawAsync(other, "berlin");
        await ReportAsync(again, "True");

        await DeliveredAsync(other, "lima", "Firing");
        await DeliveredAsync(other, "paris", "Firing");
        await DeliveredAsync(other, "berlin", "Resolved");
        http.Of("/hook").Select(post => $"{post["group"]!["site"]} {post["status"]}").Should().BeEquivalentTo("berlin firing", "berlin resolved", "lima firing", "paris firing");
    }

    private static bool Tells(HubUnderTest hub) => hub.Log.Contains("Firing: NotReady", StringComparison.Ordinal);

    private static async Task<RawMqtt> ConnectAsync(HubUnderTest hub, string site)
    {
        await hub.CreateDeviceAsync(site);
        await hub.CallAsync("PATCH", $"api/v1/devices/{site}/labels", $$"""{"site":"{{site}}"}""");
        return await RawAsync(hub, site);
    }

    private static async Task<RawMqtt> RawAsync(HubUnderTest hub, string device) =>
        (await RawMqtt.ConnectAsync(hub, device, (string)(await hub.CallAsync("GET", $"devices/{device}?api-version=2021-04-12")).Body!["authentication"]!["symmetricKey"]!["primaryKey"]!)).Client;

    private static Task ReportAsync(RawMqtt device, string ready) => device.SendAsync(RawMqtt.Publish(
        "$iothub/twin/PATCH/properties/reported/?$rid=1", new JsonObject { ["edgeoperator"] = new JsonObject { ["conditions"] = new JsonObject { ["Ready"] = new JsonObject { ["status"] = ready } } } }.ToJsonString()));

    private static async Task DeliveredAsync(HubUnderTest hub, string site, string told)
    {
        JsonNode? list = null;
        try
        {
            await Eventually.TrueAsync($"the hook is told that {site} is {told}", async () =>
            {
                list = (await hub.CallAsync("GET", "api/v1/alerts")).Body;
                return list!["items"]!.AsArray().Any(alert => alert!.ToJsonString().Contains($"\"{site}\"", StringComparison.Ordinal) && alert["deliveries"]!.AsArray().Any(delivery => (string?)delivery!["told"] == told));
            }, Eventually.Slow);
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException($"{e.Message}: {list?.ToJsonString()}", e);
        }
    }
}
