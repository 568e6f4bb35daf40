using System.Net;
using System.Security.Cryptography;
using EdgeOperator.Hub.Tests.Mqtt;

namespace EdgeOperator.Hub.Tests.Storage;

/// <summary>A hub that began with SQLite goes on with PostgreSQL.</summary>
[Collection(SharedPostgres.Name)]
public sealed class StoreMoveTests(SharedPostgres shared)
{
    private static readonly (string Method, string Path, string? Body)[] Questions =
    [
        ("GET", "devices?top=1000", null),
        ("GET", "devices/d/modules", null),
        ("GET", "twins/d", null),
        ("GET", "twins/d/modules/m", null),
        ("GET", "statistics/devices", null),
        ("POST", "devices/query", """{"query":"SELECT * FROM devices WHERE tags.site = 'größe'"}"""),
        ("POST", "devices/query", """{"query":"SELECT * FROM devices.jobs"}"""),
        ("GET", "configurations", null),
        ("GET", "jobs/v2/query", null),
        ("GET", "enrollmentGroups/g", null),
        ("GET", "api/v1/devices", null),
        ("GET", "api/v1/users", null),
        ("GET", "api/v1/telemetry?after=0", null),
        ("GET", "api/v1/audit?after=0", null),
        ("GET", "api/v1/events/latest", null),
        ("GET", "messages/serviceBound/feedback", null),
    ];

    [Fact]
    public async Task All_that_a_hub_is_asked_it_answers_as_before_and_devices_go_on_where_they_were()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var key = await FillAsync(hub);
        var artifact = await AddArtifactAsync(hub);
        await using var moved = HubUnderTest.Prepare(shared.Server.Configuration(await shared.Server.CreateDatabaseAsync()), insteadOf: hub);
        (await FluentActions.Awaiting(() => hub.CommandAsync("copy-store", moved.File("hub.yaml"))).Should().ThrowAsync<InvalidOperationException>()).WithMessage("*stop it first*");
        await hub.StopAsync();
        await hub.StartProcessAsync();
        var before = await AskAsync(hub);
        await hub.StopAsync();

        (await hub.CommandAsync("copy-store", moved.File("hub.yaml"))).Should().StartWith("2 devices and modules, 2 messages of devices").And.Contain("1 artifacts");

        await moved.StartProcessAsync();
        await moved.ReadAccessAsync();
        moved.ConnectionString.Should().Be(hub.ConnectionString);
        moved.Log.Should().NotContain("password");
        (await AskAsync(moved)).Should().Equal(before);
        (await moved.Client.SendAsync(Request(moved, HttpMethod.Get, artifact))).StatusCode.Should().Be(HttpStatusCode.OK);

        // Its subscriptions, the message that waited for it, its twin's versions and the numbers of telemetry.
        var (device, acknowledgement) = await RawMqtt.ConnectAsync(moved, "d", key, clean: false);
        acknowledgement.Should().Equal(1, 0);
        (await device.ReceivePublishAsync()).Payload.Should().Be("wait for me");
        var version = (await moved.CallAsync("GET", "twins/d")).Body!["properties"]!["desired"]!["$version"]!.GetValue<long>();
        await moved.CallAsync("PATCH", "twins/d", """{"properties":{"desired":{"a":2}}}""");
        (await device.ReceivePublishAsync()).Payload.Should().Be($$"""{"a":2,"$version":{{version + 1}}}""");
        await device.SendAsync(RawMqtt.Publish("devices/d/messages/events/", "third", quality: 1));
        await device.ReceiveAsync();
        (await moved.CallAsync("GET", "api/v1/telemetry?after=2")).Body!.AsArray().Should().ContainSingle().Which!["sequence"]!.GetValue<long>().Should().Be(3);
        await device.DisposeAsync();
    }

    [Fact]
    public async Task Nothing_is_copied_to_a_database_that_has_a_hub_already()
    {
        var database = shared.Server.Configuration(await shared.Server.CreateDatabaseAsync());
        await using var other = await HubUnderTest.StartAsync(database);
        await other.CreateDeviceAsync("theirs");
        await other.StopAsync();
        await using var hub = await HubUnderTest.StartAsync();
        await hub.CreateDeviceAsync("mine");
        await hub.StopAsync();
        var file = hub.File("postgresql.yaml");
        await File.WriteAllTextAsync(file, $"hostName: {hub.Host}\ndataDirectory: {hub.Data}\n{database}\n");

        (await FluentActions.Awaiting(() => hub.CommandAsync("copy-store", file)).Should().ThrowAsync<InvalidOperationException>()).WithMessage("*ended with 3*is not empty*");

        await other.StartProcessAsync();
        (await other.CallAsync("GET", "devices?top=10")).Body!.AsArray().Select(d => (string)d!["deviceId"]!).Should().Equal("theirs");
    }

    [Fact]
    public async Task Both_files_have_to_be_the_right_way_round()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.StopAsync();

        (await FluentActions.Awaiting(() => hub.CommandAsync("copy-store", hub.File("hub.yaml"))).Should().ThrowAsync<InvalidOperationException>()).WithMessage("*ended with 3*from SQLite to PostgreSQL*");
    }

    private static async Task<string> FillAsync(HubUnderTest hub)
    {
        var key = await hub.CreateDeviceAsync("d");
        await SendAsync(hub, "PUT", "devices/d/modules/m", """{"deviceId":"d","moduleId":"m","managedBy":"me"}""");
        await SendAsync(hub, "PATCH", "twins/d", """{"tags":{"site":"größe","labels":{"role":"till"}},"properties":{"desired":{"a":1.50}}}""");
        await SendAsync(hub, "PATCH", "twins/d/modules/m", """{"properties":{"desired":{"b":[1,null,"😀"]}}}""");
        await SendAsync(hub, "PUT", "configurations/c", """{"id":"c","priority":5,"targetCondition":"tags.site = 'größe'","content":{"deviceContent":{"properties.desired.c":{"d":1}}},"metrics":{"queries":{}}}""");
        await SendAsync(hub, "PUT", "jobs/v2/later", """{"jobId":"later","type":"scheduleUpdateTwin","queryCondition":"*","updateTwin":{"etag":"*","tags":{"x":1}},"startTime":"2199-01-01T00:00:00Z","maxExecutionTimeInSeconds":60}""");
        await SendAsync(hub, "PUT", "jobs/v2/now", """{"jobId":"now","type":"scheduleUpdateTwin","queryCondition":"*","updateTwin":{"etag":"*","tags":{"x":1}},"startTime":"","maxExecutionTimeInSeconds":60}""");
        await SendAsync(hub, "PUT", "enrollmentGroups/g", """{"enrollmentGroupId":"g","attestation":{"type":"symmetricKey"}}""", hub.ProvisioningToken());
        await SendAsync(hub, "POST", "api/v1/users", """{"name":"anna","role":"Operator"}""");
        await Testing.Eventually.SucceedsAsync(async () =>
        {
            ((string?)(await hub.CallAsync("GET", "jobs/v2/now")).Body!["status"]).Should().Be("completed");
            (await hub.CallAsync("GET", "twins/d")).Body!["properties"]!["desired"]!["c"].Should().NotBeNull();
        });
        var (device, _) = await RawMqtt.ConnectAsync(hub, "d", key);
        await device.SendAsync(RawMqtt.Subscribe(1, "devices/d/messages/devicebound/#", "$iothub/twin/PATCH/properties/desired/#", "$iothub/twin/res/#"));
        await device.ReceiveAsync();
        await device.SendAsync(RawMqtt.Publish("$iothub/twin/PATCH/properties/reported/?$rid=1", """{"up":true}"""));
        await device.ReceivePublishAsync();
        foreach (var text in (string[])["first", "second"])
        {
            await device.SendAsync(RawMqtt.Publish("devices/d/messages/events/k=v%20w", text, quality: 1));
            await device.ReceiveAsync();
        }

        await device.SendAsync(0xE0, 0);
        await device.ShouldEndAsync();
        await device.DisposeAsync();
        await SendAsync(hub, "POST", "devices/d/messages/devicebound", "wait for me");
        return key;
    }

    private static async Task SendAsync(HubUnderTest hub, string method, string path, string body, string? authorization = null)
    {
        var (status, answer) = await hub.CallAsync(method, path, body, authorization);
        ((int)status).Should().BeInRange(200, 299, $"{path}: {answer?.ToJsonString()}");
    }

    /// <returns>Its path.</returns>
    private static async Task<string> AddArtifactAsync(HubUnderTest hub)
    {
        var content = RandomNumberGenerator.GetBytes(600_000);
        var path = $"api/v1/artifacts/{Convert.ToHexStringLower(SHA256.HashData(content))}";
        using var put = Request(hub, HttpMethod.Put, path);
        put.Content = new ByteArrayContent(content);
        (await hub.Client.SendAsync(put)).IsSuccessStatusCode.Should().BeTrue();
        return path;
    }

    private static HttpRequestMessage Request(HubUnderTest hub, HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, $"https://{hub.Host}/{path}");
        request.Headers.TryAddWithoutValidation("Authorization", hub.Token());
        return request;
    }

    private static async Task<List<string>> AskAsync(HubUnderTest hub)
    {
        var answers = new List<string>();
        foreach (var (method, path, body) in Questions)
        {
            var isProvisioning = path.StartsWith("enrollment", StringComparison.Ordinal);
            var (status, answer) = await hub.CallAsync(method, path, body, isProvisioning ? hub.ProvisioningToken() : null);
            answers.Add($"{path}: {(int)status} {answer?.ToJsonString()}");
        }

        return answers;
    }
}
