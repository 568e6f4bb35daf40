using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using EdgeOperator.Hub.Tests.Mqtt;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Api;

/// <summary>What happens at a hub, as server-sent events.</summary>
[Collection(SharedHub.Name)]
public sealed class EventsTests(SharedHub shared)
{
    private HubUnderTest Hub => shared.Hub;

    [Fact]
    public async Task Whoever_watches_a_device_sees_it_come_change_and_go()
    {
        await using var stream = await EventStream.OpenAsync(Hub, "device=watched");

        var key = await Hub.CreateDeviceAsync("watched");
        (await stream.NextAsync()).Type.Should().Be("createDeviceIdentity");
        var (client, _) = await RawMqtt.ConnectAsync(Hub, "watched", key);
        (await stream.NextAsync()).Type.Should().Be("deviceConnected");
        await Hub.CallAsync("PATCH", "twins/watched", """{"properties":{"desired":{"a":1}}}""");
        var changed = await stream.NextAsync();
        await client.DisposeAsync();
        (await stream.NextAsync()).Type.Should().Be("deviceDisconnected");
        await Hub.CallAsync("DELETE", "devices/watched", match: "*");
        (await stream.NextAsync()).Type.Should().Be("deleteDeviceIdentity");

        changed.Type.Should().Be("updateTwin");
        changed.Data["deviceId"]!.GetValue<string>().Should().Be("watched");
        changed.Data["data"]!["desired"]!.GetValue<long>().Should().Be(2);
    }

    [Fact]
    public async Task A_stream_goes_on_after_the_event_that_was_seen_last()
    {
        string seen;
        await using (var stream = await EventStream.OpenAsync(Hub, "device=resumed"))
        {
            await Hub.CreateDeviceAsync("resumed");
            seen = (await stream.NextAsync()).Id;
        }

        await Hub.CallAsync("PATCH", "twins/resumed", """{"tags":{"a":1}}""");
        await using var again = await EventStream.OpenAsync(Hub, "device=resumed", lastEventId: seen);

        (await again.NextAsync()).Type.Should().Be("updateTwin");
    }

    [Fact]
    public async Task What_jobs_and_configurations_write_into_a_twin_is_an_event_too()
    {
        await Hub.CreateDeviceAsync("events-written");
        await using var stream = await EventStream.OpenAsync(Hub, "device=events-written&type=updateTwin");

        await Hub.CallAsync("PUT", "jobs/v2/events-job", """
            {"jobId":"events-job","type":"scheduleUpdateTwin","queryCondition":"deviceId = 'events-written'","maxExecutionTimeInSeconds":300,
             "updateTwin":{"etag":"*","properties":{"desired":{"a":1}}}}
            """);
        var job = await stream.NextAsync();
        await Hub.CallAsync("PUT", "configurations/events-configuration", """
            {"id":"events-configuration","schemaVersion":"1.0","priority":1,"targetCondition":"deviceId = 'events-written'","content":{"deviceContent":{"properties.desired.b":{"c":1}}}}
            """);
        var configuration = await stream.NextAsync();

        job.Data["message"]!.GetValue<string>().Should().Be("the twin of events-written was changed by the job events-job");
        job.Data["data"]!["desired"]!.GetValue<long>().Should().Be(2);
        configuration.Data["message"]!.GetValue<string>().Should().Be("the twin of events-written was changed by configurations");
        configuration.Data["data"]!["desired"]!.GetValue<long>().Should().Be(3);
    }

    [Fact]
    public async Task Only_the_types_that_are_asked_for_are_sent_and_who_did_it_is_named()
    {
        await using var stream = await EventStream.OpenAsync(Hub, "type=audited");

        await Hub.CreateDeviceAsync("audited-device");

        var audited = await stream.NextAsync(e => e.Data["message"]!.GetValue<string>().Contains("audited-device", StringComparison.Ordinal));
        audited.Data["actor"]!.GetValue<string>().Should().Be("policy iothubowner");
    }

    [Fact]
    public async Task A_device_may_not_watch()
    {
        var key = await Hub.CreateDeviceAsync("curious");

        (await Hub.CallAsync("GET", "api/v1/events", null, Hub.Token($"{Hub.Host}/devices/curious", key))).Status.Should().Be(HttpStatusCode.Unauthorized);
    }

    private sealed record Happened(string Id, string Type, JsonNode Data);

    private sealed class EventStream(HttpResponseMessage answer, IAsyncEnumerator<SseItem<string>> items, CancellationTokenSource limit) : IAsyncDisposable
    {
        public static async Task<EventStream> OpenAsync(HubUnderTest hub, string query, string? lastEventId = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"https://{hub.Host}/api/v1/events?{query}");
            request.Headers.TryAddWithoutValidation("Authorization", hub.Token());
            if (lastEventId is not null)
                request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
            var limit = new CancellationTokenSource(Eventually.Deadline);
            var answer = await hub.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            answer.StatusCode.Should().Be(HttpStatusCode.OK);
            answer.Content.Headers.ContentType!.MediaType.Should().Be("text/event-stream");
            var parser = SseParser.Create(await answer.Content.ReadAsStreamAsync(limit.Token));
            return new(answer, parser.EnumerateAsync(limit.Token).GetAsyncEnumerator(limit.Token), limit);
        }

        public async Task<Happened> NextAsync(Func<Happened, bool>? wanted = null)
        {
            while (await items.MoveNextAsync())
            {
                var happened = new Happened(items.Current.EventId!, items.Current.EventType, JsonNode.Parse(items.Current.Data)!);
                if (wanted?.Invoke(happened) != false)
                    return happened;
            }

            throw new InvalidOperationException("the stream has ended");
        }

        public async ValueTask DisposeAsync()
        {
            await items.DisposeAsync();
            answer.Dispose();
            limit.Dispose();
        }
    }
}
