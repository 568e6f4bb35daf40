using System.Net;
using System.Text.Json.Nodes;
using EdgeOperator.Hub.Tests.Storage;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Faults;

/// <summary>The hub is killed while jobs and configurations write the twins of many devices.</summary>
public abstract class WorkKillTests(Func<Task<string>> configuration)
{
    private const int Devices = 60;
    private const int Kills = 8;

    [Fact]
    public async Task What_was_begun_is_ended_and_every_twin_is_written_once()
    {
        await using var hub = await HubUnderTest.StartAsync(await configuration());
        await Task.WhenAll(Enumerable.Range(0, Devices).Select(i => hub.CreateDeviceAsync($"d{i}")));
        var random = new Random(11);
        for (var round = 1; round <= Kills; round++)
        {
            await AcceptAsync(hub, "PUT", $"jobs/v2/job-{round}", $$"""
                {"jobId":"job-{{round}}","type":"scheduleUpdateTwin","queryCondition":"*","maxExecutionTimeInSeconds":3600,"updateTwin":{"etag":"*","properties":{"desired":{"job-{{round}}":true} } } }
                """);
            await AcceptAsync(hub, "PUT", $"configurations/c{round}", $$"""
                {"id":"c{{round}}","schemaVersion":"1.0","priority":1,"targetCondition":"*","content":{"deviceContent":{"properties.desired.c{{round}}":{"x":{{round}} } } } }
                """);
            var some = random.Next(0, Devices / 2);
            await Eventually.TrueAsync("some devices have it", async () => await CountAsync(hub, $"is_defined(properties.desired.[[job-{round}]])") >= some);
            hub.Kill();
            await hub.StopAsync();
            await hub.StartProcessAsync();
        }

        for (var round = 1; round <= Kills; round++)
        {
            await Eventually.TrueAsync($"job {round} is over", async () => (await hub.CallAsync("GET", $"jobs/v2/job-{round}")).Body!["status"]!.GetValue<string>() == "completed");
            await Eventually.TrueAsync($"configuration {round} is applied", async () => await CountAsync(hub, $"properties.desired.c{round}.x = {round}") == Devices);
            var statistics = (await hub.CallAsync("GET", $"jobs/v2/job-{round}")).Body!["deviceJobStatistics"]!;
            statistics["succeededCount"]!.GetValue<int>().Should().Be(Devices);
            statistics["failedCount"]!.GetValue<int>().Should().Be(0);
        }

        // Each write is one version, whoever made it; one that was made twice would be one more.
        for (var i = 0; i < Devices; i++)
            (await hub.CallAsync("GET", $"twins/d{i}")).Body!["properties"]!["desired"]!["$version"]!.GetValue<long>().Should().BeInRange(1 + Kills + 1, 1 + (2 * Kills));
    }

    private static async Task AcceptAsync(HubUnderTest hub, string method, string path, string body)
    {
        var (status, answer) = await hub.CallAsync(method, path, body);
        status.Should().BeOneOf([HttpStatusCode.OK, HttpStatusCode.Created], answer?.ToJsonString());
    }

    private static async Task<int> CountAsync(HubUnderTest hub, string condition) =>
        (await hub.CallAsync("POST", "devices/query", new JsonObject { ["query"] = $"SELECT COUNT() AS n FROM devices WHERE {condition}" }.ToJsonString())).Body!.AsArray().FirstOrDefault()?["n"]?.GetValue<int>() ?? 0;
}

public sealed class SqliteWorkKillTests() : WorkKillTests(() => Task.FromResult(""));

[Collection(SharedPostgres.Name)]
public sealed class PostgresWorkKillTests(SharedPostgres shared) : WorkKillTests(async () => shared.Server.Configuration(await shared.Server.CreateDatabaseAsync()));
