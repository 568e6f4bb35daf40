using System.Net;
using System.Text.Json.Nodes;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Api;

/// <summary>Devices by the hub's own API.</summary>
[Collection(SharedHub.Name)]
public sealed class DevicesTests(SharedHub shared)
{
    private HubUnderTest Hub => shared.Hub;

    [Fact(DisplayName = "azure-iot-sdk-csharp 448, 510, azure-docs 44935, 68401: registry, twin, query and list say the same of a device's connection, and since when")]
    public async Task All_views_say_the_same_of_a_connection()
    {
        var key = await Hub.CreateDeviceAsync("one-word");
        for (var i = 0; i < 3; i++)
        {
            await using (var device = (await Mqtt.RawMqtt.ConnectAsync(Hub, "one-word", key)).Client)
                await SayAsync("Connected");
            await SayAsync("Disconnected");
        }

        async Task SayAsync(string state) => await Eventually.SucceedsAsync(async () =>
        {
            var registry = (await Hub.CallAsync("GET", "devices/one-word")).Body!;
            var twin = (await Hub.CallAsync("GET", "twins/one-word")).Body!;
            var query = (await Hub.CallAsync("POST", "devices/query", """{"query":"SELECT * FROM devices WHERE deviceId = 'one-word'"}""")).Body!.AsArray().Single()!;
            var listed = (await Hub.CallAsync("GET", "api/v1/devices/one-word")).Body!;
            new[] { registry, twin, query }.Select(view => (string)view["connectionState"]!).Should().AllBe(state);
            new[] { registry, twin, query }.Select(view => (string)view["connectionStateUpdatedTime"]!).Distinct().Should().ContainSingle();
            ((bool)listed["connected"]!).Should().Be(state == "Connected");
        });
    }

    [Fact]
    public async Task Devices_are_listed_page_by_page_and_only_those_that_are_asked_for()
    {
        foreach (var name in (string[])["list-a", "list-b", "list-c"])
        {
            await Hub.CreateDeviceAsync(name);
            await Hub.CallAsync("PATCH", $"api/v1/devices/{name}/labels", """{"test":"list"}""");
        }

        await Hub.CallAsync("PATCH", "api/v1/devices/list-b/labels", """{"role":"till"}""");
        var where = Uri.EscapeDataString("tags.labels.test = 'list'");

        var first = (await Hub.CallAsync("GET", $"api/v1/devices?limit=2&where={where}")).Body!;
        var second = (await Hub.CallAsync("GET", $"api/v1/devices?limit=2&where={where}&continuation={Uri.EscapeDataString(first["continuation"]!.GetValue<string>())}")).Body!;
        var tills = (await Hub.CallAsync("GET", $"api/v1/devices?where={Uri.EscapeDataString("tags.labels.test = 'list' AND tags.labels.role = 'till'")}")).Body!;

        Names(first).Should().Equal("list-a", "list-b");
        Names(second).Should().Equal("list-c");
        second["continuation"].Should().BeNull();
        Names(tills).Should().Equal("list-b");
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=x")]
    [InlineData("where=tags.x =")]
    [InlineData("where=tags.x = 1) GROUP BY (tags.x")]
    public async Task A_list_that_can_t_be_made_is_refused(string query) =>
        (await Hub.CallAsync("GET", $"api/v1/devices?{Uri.EscapeDataString(query).Replace("%3D", "=", StringComparison.Ordinal)}")).Status.Should().Be(HttpStatusCode.BadRequest);

    [Fact]
    public async Task Labels_are_tags_and_the_device_is_told_of_them()
    {
        await Hub.CreateDeviceAsync("labelled");

        await Hub.CallAsync("PATCH", "api/v1/devices/labelled/labels", """{"site":"berlin","role":"till"}""");
        var (status, labels) = await Hub.CallAsync("PATCH", "api/v1/devices/labelled/labels", """{"site":"paris","role":null}""");

        status.Should().Be(HttpStatusCode.OK);
        labels!.ToJsonString().Should().Be("""{"site":"paris"}""");
        var twin = (await Hub.CallAsync("GET", "api/v1/devices/labelled/twin")).Body!;
        twin["tags"]!["labels"]!.ToJsonString().Should().Be("""{"site":"paris"}""");
        twin["properties"]!["desired"]!["edgeoperator"]!["labels"]!.ToJsonString().Should().Be("""{"site":"paris"}""");
        (await Hub.CallAsync("GET", "api/v1/devices/labelled")).Body!["labels"]!["site"]!.GetValue<string>().Should().Be("paris");
    }

    [Fact]
    public async Task The_device_is_told_of_labels_that_a_job_sets_too()
    {
        await Hub.CreateDeviceAsync("labelled-by-job");

        await Hub.CallAsync("PUT", "jobs/v2/labelling", """{"type":"scheduleUpdateTwin","queryCondition":"deviceId = 'labelled-by-job'","updateTwin":{"etag":"*","tags":{"labels":{"site":"rome"}}}}""");

        await Eventually.TrueAsync("the label is desired", async () =>
            (await Hub.CallAsync("GET", "twins/labelled-by-job")).Body!["properties"]!["desired"]!["edgeoperator"]?["labels"]?.ToJsonString() == """{"site":"rome"}""");
    }

    [Theory]
    [InlineData("""{"site":1}""")]
    [InlineData("""{"a.b":"c"}""")]
    [InlineData("[]")]
    public async Task Labels_that_can_be_none_are_refused(string labels)
    {
        await Hub.CallAsync("PUT", "devices/unlabelled", """{"deviceId":"unlabelled"}""");

        (await Hub.CallAsync("PATCH", "api/v1/devices/unlabelled/labels", labels)).Status.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_twin_is_changed_only_as_it_was_read_where_its_ETag_is_named()
    {
        await Hub.CreateDeviceAsync("tagged");
        var before = (await Hub.CallAsync("GET", "api/v1/devices/tagged/twin")).Body!["etag"]!.GetValue<string>();

        (await Hub.CallAsync("PATCH", "api/v1/devices/tagged/twin", """{"properties":{"desired":{"a":1}}}""", match: $"\"{before}\"")).Status.Should().Be(HttpStatusCode.OK);
        (await Hub.CallAsync("PATCH", "api/v1/devices/tagged/twin", """{"properties":{"desired":{"a":2}}}""", match: $"\"{before}\"")).Status.Should().Be(HttpStatusCode.PreconditionFailed);
        (await Hub.CallAsync("GET", "api/v1/devices/tagged/twin?module=none")).Status.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_device_that_can_t_be_told_is_decommissioned_by_force_only()
    {
        await Hub.CreateDeviceAsync("leaving");

        var (refused, body) = await Hub.CallAsync("POST", "api/v1/devices/leaving/decommission");
        var (forced, answer) = await Hub.CallAsync("POST", "api/v1/devices/leaving/decommission", """{"force":true}""");

        refused.Should().Be(HttpStatusCode.NotFound);
        body!.ToJsonString().Should().Contain("force");
        forced.Should().Be(HttpStatusCode.OK);
        answer!["told"]!.GetValue<bool>().Should().BeFalse();
        (await Hub.CallAsync("GET", "api/v1/devices/leaving")).Status.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_a_body_must_not_have_or_lacks_is_named()
    {
        (await Hub.CallAsync("POST", "api/v1/login", """{"user":"x"}""", "")).Body!["Message"]!.GetValue<string>().Should().Be("ErrorCode:ArgumentInvalid;'password' is missing");
        (await Hub.CallAsync("POST", "api/v1/devices/x/decommission", """{"forced":true}""")).Body!.ToJsonString().Should().Contain("$.forced");
    }

    private static IEnumerable<string> Names(JsonNode list) => list["items"]!.AsArray().Select(item => item!["deviceId"]!.GetValue<string>());
}
