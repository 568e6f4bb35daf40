using System.Collections.Concurrent;
using System.Net;
using EdgeOperator.Hub.Tests.Mqtt;
using EdgeOperator.Hub.Tests.Storage;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Replicas;

/// <summary>One of two replicas dies; its devices go to the other one.</summary>
[Collection(SharedPostgres.Name)]
public sealed class ReplicaLossTests(SharedPostgres shared)
{
    private const int Devices = 6;

    [Fact]
    public async Task Nothing_is_lost_with_a_replica_that_is_killed()
    {
        var database = await shared.Server.CreateDatabaseAsync();
        await using var one = await HubUnderTest.StartAsync(shared.Server.Configuration(database));
        await using var two = await HubUnderTest.StartAsync(shared.Server.Configuration(database), replicaOf: one);
        var devices = new List<MovingDevice>();
        for (var i = 0; i < Devices; i++)
            devices.Add(new($"d{i}", await one.CreateDeviceAsync($"d{i}")));
        await Task.WhenAll(devices.Select(d => d.ConnectAsync(d.Name is "d0" or "d1" ? two : one)));
        var accepted = new ConcurrentDictionary<string, int>();
        using var stop = new CancellationTokenSource();

        // Operators write by whichever replica answers; devices report by the one that they have.
        var writing = devices.Select(d => WriteAsync(d, [one, two], accepted, stop.Token)).ToArray();
        await Eventually.TrueAsync("writes are accepted", () => accepted.Count == Devices && accepted.Values.All(v => v > 5));
        await Task.WhenAll(devices.Take(3).Select(d => d.MoveAsync(d.Name == "d2" ? two : one)));
        foreach (var device in devices)
            (await two.CallAsync("POST", $"devices/{device.Name}/messages/devicebound", $"\"before {device.Name}\"")).Status.Should().Be(HttpStatusCode.Accepted);
        one.Kill();
        await Task.WhenAll(devices.Where(d => d.Hub == one && d.Name != "d5").Select(d => d.MoveAsync(two)));
        var atKill = accepted.ToDictionary();
        await Eventually.TrueAsync("writes go on", () => atKill.All(a => accepted[a.Key] > a.Value + 5));
        await stop.CancelAsync();
        await Task.WhenAll(writing);

        foreach (var device in devices)
        {
            var twin = (await two.CallAsync("GET", $"twins/{device.Name}")).Body!;
            twin["properties"]!["desired"]!["n"]!.GetValue<int>().Should().BeInRange(accepted[device.Name], accepted[device.Name] + 1);
            if (device.Name != "d5")
                await device.ShouldKnowAsync(twin["properties"]!["desired"]!["$version"]!.GetValue<long>(), $"\"before {device.Name}\"");
        }

        // The one that did not come back is not connected for ever.
        await Eventually.TrueAsync("the device of the dead replica is disconnected", async () => (await two.CallAsync("GET", "twins/d5")).Body!["connectionState"]!.GetValue<string>() == "Disconnected", Eventually.Slow);
        (await two.CallAsync("POST", "twins/d5/methods", """{"methodName":"m"}""")).Status.Should().Be(HttpStatusCode.NotFound);
        (await two.CallAsync("GET", "devices/d0")).Body!["connectionState"]!.GetValue<string>().Should().Be("Connected");
        foreach (var device in devices)
            await device.DisposeAsync();
    }

    // One after the other, so that at most the last one's answer is unknown.
    private static async Task WriteAsync(MovingDevice device, HubUnderTest[] hubs, ConcurrentDictionary<string, int> accepted, CancellationToken stop)
    {
        for (var (next, hub) = (1, 0); !stop.IsCancellationRequested;)
        {
            try
            {
                var (status, _) = await hubs[hub % hubs.Length].CallAsync("PATCH", $"twins/{device.Name}", $$"""{"properties":{"desired":{"n":{{next}} } } }""");
                status.Should().Be(HttpStatusCode.OK);
                accepted[device.Name] = next++;
                hub++;
            }
            catch (HttpRequestException)
            {
                // The replica has been killed; the same is written by the other one.
                hub++;
            }
        }
    }

    /// <summary>A device as an SDK makes it: it comes back with its session, and reads its twin then.</summary>
    private sealed class MovingDevice(string name, string key) : IAsyncDisposable
    {
        private readonly ConcurrentBag<string> _messages = [];
        private RawMqtt? _client;
        private Task _reading = Task.CompletedTask;
        private long _version;

        public string Name { get; } = name;

        public HubUnderTest Hub { get; private set; } = null!;

        public async Task ConnectAsync(HubUnderTest hub)
        {
            Hub = hub;
            (_client, _) = await RawMqtt.ConnectAsync(hub, Name, key, clean: false);
            await _client.SendAsync(RawMqtt.Subscribe(1, "$iothub/twin/res/#", "$iothub/twin/PATCH/properties/desired/#", $"devices/{Name}/messages/devicebound/#"));
            await _client.SendAsync(RawMqtt.Publish("$iothub/twin/GET/?$rid=1", " "));
            _reading = ReadAsync(_client);
        }

        public async Task MoveAsync(HubUnderTest hub)
        {
            var (before, reading) = (_client!, _reading);
            await ConnectAsync(hub);
            await reading;
            await before.DisposeAsync();
        }

        public Task ShouldKnowAsync(long version, string message) => Eventually.SucceedsAsync(() =>
        {
            Interlocked.Read(ref _version).Should().Be(version, Name);
            _messages.Should().Contain(message);
        });

        public async ValueTask DisposeAsync()
        {
            await _client!.DisposeAsync();
            await _reading;
        }

        private async Task ReadAsync(RawMqtt client)
        {
            try
            {
                while (await client.ReceiveAsync() is { } packet)
                    if (packet.First >> 4 == 3)
                        await ReadPublishAsync(client, packet.First, packet.Body);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
            {
                // Its hub was killed, or the test has ended.
            }
        }

        private async Task ReadPublishAsync(RawMqtt client, byte first, byte[] body)
        {
            var (topic, payload) = RawMqtt.ReadPublish(first, body);
            if (topic.StartsWith("devices/", StringComparison.Ordinal))
            {
                _messages.Add(payload);
                var length = (body[0] << 8) | body[1];
                await client.SendAsync(0x40, 2, body[2 + length], body[3 + length]);
                return;
            }

            var document = System.Text.Json.Nodes.JsonNode.Parse(payload)!;
            var version = (document["desired"] ?? document)["$version"]!.GetValue<long>();
            if (version > Interlocked.Read(ref _version))
                Interlocked.Exchange(ref _version, version);
        }
    }
}
