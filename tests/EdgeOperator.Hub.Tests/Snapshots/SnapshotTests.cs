using System.Collections.Immutable;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Snapshots;
using EdgeOperator.Core.State;
using EdgeOperator.Hub.Tests.Agent;
using EdgeOperator.Hub.Tests.Artifacts;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Snapshots;

/// <summary>What a device sends of itself, and what can be planned with it.</summary>
[Collection(SharedHub.Name)]
public sealed class SnapshotTests(SharedHub shared)
{
    private HubUnderTest Hub => shared.Hub;

    [Fact]
    public async Task What_is_planned_with_a_device_s_snapshot_is_what_the_device_does_then()
    {
        await using var agent = await AgentAtHub.StartAsync(Hub, "snapshot-plan", "hello");
        JsonNode? json = null;
        await Eventually.TrueAsync("a snapshot with the last good revision comes", async () => (json = (await GetAsync("snapshot-plan")).Body)?["lastGood"] is not null && json["files"]?[agent.File] is not null);
        var snapshot = SnapshotDocument.Read(Encoding.UTF8.GetBytes(json!.ToJsonString()), RegisteredKinds.All);
        var read = ManifestReader.Read(RegisteredKinds.All.Manifests, "next", [new("fleet", [new("g.yaml", Encoding.UTF8.GetBytes(Packages.Greeting(agent.File, "planned")))])], new(snapshot.Device));
        var planned = snapshot.PlanFor(RegisteredKinds.All, read.State!);
        var before = agent.Events().Length;

        await agent.DesireAsync(new() { ["ConfigFile/greeting"] = null });
        await Hub.NameAsync("snapshot-plan", await Hub.PushAsync(Packages.Of(("g.yaml", Packages.Greeting(agent.File, "planned")))), "r1");

        await Eventually.TrueAsync("it is done, and told", () => File.ReadAllText(agent.File) == "planned" && agent.Events()[before..].Any(e => e.Step is not null));
        planned.Blocked.Should().BeEmpty();
        var done = agent.Events()[before..].Where(e => e.Step is not null).Select(e => $"{e.Resource} {e.Step}").ToArray();
        done.Should().NotBeEmpty().And.Equal(planned.Steps.Where(s => s.GetType().Name is not ("AwaitReady" or "Milestone")).Select(s => $"{s.Resource} {s.Id}"));
        await Eventually.TrueAsync("a newer snapshot comes", async () => (await GetAsync("snapshot-plan")).Body!["files"]![agent.File]!["contentHash"]!.GetValue<string>() != json["files"]![agent.File]!["contentHash"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_device_is_told_of_it_once_and_keeps_being_told_when_its_twin_is_replaced()
    {
        await using var agent = await AgentAtHub.StartAsync(Hub, "snapshot-told", "hello");
        await Eventually.TrueAsync("it is told", async () => await OfferAsync("snapshot-told") is true);

        await Hub.CallAsync("PUT", "twins/snapshot-told", """{"properties":{"desired":{}}}""");
        (await OfferAsync("snapshot-told")).Should().BeTrue();
        await Hub.CallAsync("PATCH", "twins/snapshot-told", """{"properties":{"desired":{"edgeoperator":{"hub":null}}}}""");
        (await OfferAsync("snapshot-told")).Should().BeTrue();
        await Hub.CreateDeviceAsync("snapshot-none");
        await Hub.CallAsync("PATCH", "twins/snapshot-none", """{"properties":{"desired":{"a":1}}}""");
        (await OfferAsync("snapshot-none")).Should().BeNull("other devices have no use for it");
    }

    [Fact]
    public async Task A_device_writes_its_own_alone_and_reads_no_other()
    {
        var mine = Hub.Token($"{Hub.Host}/devices/snapshot-mine", await Hub.CreateDeviceAsync("snapshot-mine"));
        await Hub.CreateDeviceAsync("snapshot-theirs");
        var body = Packed(Document("x"));

        (await PutAsync("snapshot-mine", body, mine)).Should().Be(HttpStatusCode.NoContent);
        (await PutAsync("snapshot-theirs", body, mine)).Should().Be(HttpStatusCode.Unauthorized);
        (await PutAsync("snapshot-mine", body, Hub.Token())).Should().Be(HttpStatusCode.Unauthorized, "nobody but the device knows");
        (await PutAsync("snapshot-mine", body, "nobody")).Should().Be(HttpStatusCode.Unauthorized);
        (await GetAsync("snapshot-mine", mine)).Status.Should().Be(HttpStatusCode.OK);
        (await GetAsync("snapshot-theirs", mine)).Status.Should().Be(HttpStatusCode.Unauthorized);
        (await GetAsync("snapshot-theirs")).Status.Should().Be(HttpStatusCode.NotFound);
        await Hub.CallAsync("DELETE", "devices/snapshot-mine", match: "*");
        (await GetAsync("snapshot-mine")).Status.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_is_no_snapshot_is_refused_and_the_last_one_stays()
    {
        var device = Hub.Token($"{Hub.Host}/devices/snapshot-bad", await Hub.CreateDeviceAsync("snapshot-bad"));
        (await PutAsync("snapshot-bad", Packed(Document("first")), device)).Should().Be(HttpStatusCode.NoContent);
        await Eventually.TrueAsync("another may come", async () => await PutAsync("snapshot-bad", Packed("{}"u8.ToArray()), device) == HttpStatusCode.BadRequest);

        (await PutAsync("snapshot-bad", Encoding.UTF8.GetBytes("{}"), device)).Should().Be(HttpStatusCode.BadRequest);
        (await PutAsync("snapshot-bad", Packed("null"u8.ToArray()), device)).Should().Be(HttpStatusCode.BadRequest);
        (await PutAsync("snapshot-bad", Packed(new byte[64 * 1024 * 1024]), device)).Should().Be(HttpStatusCode.RequestEntityTooLarge, "it grows when it is unpacked");
        (await PutAsync("snapshot-bad", new byte[3 * 1024 * 1024], device)).Should().Be(HttpStatusCode.RequestEntityTooLarge);
        (await PutAsync("snapshot-bad", Packed(Encoding.UTF8.GetBytes(new string('[', 100_000))), device)).Should().Be(HttpStatusCode.BadRequest);
        (await GetAsync("snapshot-bad")).Body!["device"]!["name"]!.GetValue<string>().Should().Be("first");
        (await Hub.CallAsync("GET", "api/v1/audit?limit=1000")).Body!.AsArray().Should().NotContain(e => e!["target"]!.GetValue<string>().Contains("snapshot-bad/snapshot"), "devices report often");
    }

    private static byte[] Document(string name)
    {
        var none = ImmutableSortedDictionary<string, string>.Empty;
        var snapshot = DeviceSnapshot.Of(
            RegisteredKinds.All, new(name, none, none), ObservedState.Nothing, RevisionLedger.Empty, null, ImmutableDictionary<ResourceId, BackOff>.Empty, TimeProvider.System.GetUtcNow());
        return SnapshotDocument.Write(snapshot, RegisteredKinds.All);
    }

    private static byte[] Packed(byte[] json)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(json);
        return packed.ToArray();
    }

    private async Task<bool?> OfferAsync(string device) =>
        (await Hub.CallAsync("GET", $"twins/{device}")).Body!["properties"]!["desired"]!["edgeoperator"]?["hub"]?["snapshots"]?.GetValue<bool>();

    private Task<(HttpStatusCode Status, JsonNode? Body)> GetAsync(string device, string? authorization = null) => Hub.CallAsync("GET", $"api/v1/devices/{device}/snapshot", authorization: authorization);

    private async Task<HttpStatusCode> PutAsync(string device, byte[] body, string authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri($"https://{Hub.Host}/api/v1/devices/{device}/snapshot")) { Content = new ByteArrayContent(body) };
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return (await Hub.Client.SendAsync(request)).StatusCode;
    }
}
