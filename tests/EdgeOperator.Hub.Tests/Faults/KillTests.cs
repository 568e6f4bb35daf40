using System.Globalization;
using System.Net;
using EdgeOperator.Hub.Tests.Mqtt;
using EdgeOperator.Hub.Tests.Storage;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Faults;

/// <summary>The hub is killed while twins are written, a hundred times in all.</summary>
public abstract class KillTests(Func<Task<string>> configuration)
{
    private const int Hubs = 3;
    private const int Kills = 17;

    [Fact]
    public async Task What_was_accepted_survives_kills_and_no_version_is_given_twice() =>
        await Task.WhenAll(Enumerable.Range(0, Hubs).Select(_ => RunAsync()));

    private async Task RunAsync()
    {
        await using var hub = await HubUnderTest.StartAsync($"{await configuration()}\ndevices: {{messagesPerSecond: 10000}}");
        var key = await hub.CreateDeviceAsync("d");
        var desired = new Written();
        var reported = new Written();
        var random = new Random(7);
        for (var round = 0; round < Kills; round++)
        {
            var enough = (Desired: desired.Accepted + random.Next(1, 12), Reported: reported.Accepted + random.Next(1, 12));
            var writing = Task.WhenAll(WriteDesiredAsync(hub, desired), WriteReportedAsync(hub, key, reported));
            await Eventually.TrueAsync("some writes of this round are accepted", () => desired.Accepted >= enough.Desired && reported.Accepted >= enough.Reported);
            hub.Kill();
            await writing;
            await hub.StopAsync();
            await hub.StartProcessAsync();

            var properties = (await hub.CallAsync("GET", "twins/d")).Body!["properties"]!;
            desired.ShouldBe(properties["desired"]!);
            reported.ShouldBe(properties["reported"]!);
        }

        desired.Versions.Concat(reported.Versions).Should().HaveCountGreaterThan(Kills);
        desired.Versions.Should().OnlyHaveUniqueItems().And.BeInAscendingOrder();
        reported.Versions.Should().OnlyHaveUniqueItems().And.BeInAscendingOrder();
    }

    // One after the other, so that at most the last one's answer is unknown.
    private static async Task WriteDesiredAsync(HubUnderTest hub, Written written)
    {
        try
        {
            for (var next = written.Accepted + 1; ; next++)
            {
                var (status, body) = await hub.CallAsync("PATCH", "twins/d", $$"""{"properties":{"desired":{"n":{{next}} } } }""");
                status.Should().Be(HttpStatusCode.OK);
                written.Accept(next, body!["properties"]!["desired"]!["$version"]!.GetValue<long>());
            }
        }
        catch (HttpRequestException)
        {
            // The hub has been killed.
        }
    }

    private static async Task WriteReportedAsync(HubUnderTest hub, string key, Written written)
    {
        try
        {
            var (client, _) = await RawMqtt.ConnectAsync(hub, "d", key);
            await using var device = client;
            await device.SendAsync(RawMqtt.Subscribe(1, "$iothub/twin/res/#"));
            await device.ReceiveAsync();
            for (var next = written.Accepted + 1; ; next++)
            {
                await device.SendAsync(RawMqtt.Publish($"$iothub/twin/PATCH/properties/reported/?$rid={next}", $$"""{"n":{{next}}}"""));
                if (await device.ReceiveAsync() is not { } answer)
                    return;
                var (topic, _) = RawMqtt.ReadPublish(answer.First, answer.Body);
                topic.Should().StartWith("$iothub/twin/res/204/");
                written.Accept(next, long.Parse(topic.Split("$version=")[1], CultureInfo.InvariantCulture));
            }
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            // The hub has been killed.
        }
    }

    private sealed class Written
    {
        private volatile int _accepted;

        public int Accepted => _accepted;

        public List<long> Versions { get; } = [];

        public void Accept(int value, long version)
        {
            Versions.Add(version);
            _accepted = value;
        }

        // The write whose answer was lost may be there or not; each one was a version.
        public void ShouldBe(System.Text.Json.Nodes.JsonNode properties)
        {
            var value = properties["n"]!.GetValue<int>();
            value.Should().BeInRange(_accepted, _accepted + 1);
            properties["$version"]!.GetValue<long>().Should().Be(value + 1);
            _accepted = value;
        }
    }
}

public sealed class SqliteKillTests() : KillTests(() => Task.FromResult(""));

[Collection(SharedPostgres.Name)]
public sealed class PostgresKillTests(SharedPostgres shared) : KillTests(async () => shared.Server.Configuration(await shared.Server.CreateDatabaseAsync()));
