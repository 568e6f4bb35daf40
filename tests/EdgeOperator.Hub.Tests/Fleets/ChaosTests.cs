using System.Net;
using System.Text.Json.Nodes;
using EdgeOperator.Hub.Tests.Storage;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Fleets;

/// <summary>
/// Two hundred devices that speak the real protocol, at three replicas on PostgreSQL, while replicas are killed, devices vanish and commits
/// arrive. What the engine promises is looked for in what has been recorded.
/// </summary>
[Collection(SharedPostgres.Name)]
public sealed class ChaosTests(SharedPostgres postgres)
{
    private const int Devices = 200;
    private const int Stores = 20;
    private const int MaxUnavailable = 2;

    private readonly List<HubUnderTest> _hubs = [];
    private readonly List<SimulatedDevice> _devices = [];
    private readonly Random _random = new(20261130);
    private volatile HubUnderTest[] _alive = [];

    [Fact]
    public async Task Whatever_is_killed_and_whoever_vanishes_no_rule_is_broken_and_the_last_commit_reaches_all()
    {
        using var ended = new CancellationTokenSource();
        await StartAsync();
        var running = _devices.Select(device => RunAsync(device, ended.Token)).ToArray();
        var watching = WatchAsync(ended.Token);
        try
        {
            await ApplyAsync('a');
            await MovedAsync('a', 20);
            await KillAsync(0);
            await MovedAsync('a', 60);

            await ApplyAsync('b');
            await MovedAsync('b', 30);
            await RestartAsync(0);
            await KillAsync(1);
            await MovedAsync('b', 80);

            await ApplyAsync(SimulatedDevice.Bad);
            await ReachesAsync(SimulatedDevice.Bad, "RolledBack");
            await RestartAsync(1);
            await KillAsync(2);
            await ApplyAsync('c');
            await ReachesAsync('c', "Completed");
            await Eventually.TrueAsync("all have it", () => _devices.All(device => LastReport(device) == HubWithFleet.Commit('c')), Eventually.Slow);
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAll(running);
            foreach (var device in _devices)
                await device.DisposeAsync();
        }

        await watching;
        CheckBudget();
        foreach (var device in _devices)
        {
            device.Told.Should().EndWith(HubWithFleet.Commit('c'));
            device.Told.Should().OnlyContain(revision => "0abce".Contains(revision[0]));
            device.Told.Where(revision => revision[0] is 'a' or 'b' or 'c').Should().BeInAscendingOrder(StringComparer.Ordinal, "no device is given an older commit but in a roll-back, and then the one that it had");
        }

        foreach (var hub in _hubs)
            await hub.DisposeAsync();
    }

    private async Task StartAsync()
    {
        var configuration = postgres.Server.Configuration(await postgres.Server.CreateDatabaseAsync());
        _hubs.Add(await HubUnderTest.StartAsync(configuration));
        for (var i = 1; i < 3; i++)
            _hubs.Add(await HubUnderTest.StartAsync(configuration, replicaOf: _hubs[0]));
        _alive = [.. _hubs];
        foreach (var chunk in Enumerable.Range(0, Devices).Chunk(20))
            _devices.AddRange(await Task.WhenAll(chunk.Select(i => SimulatedDevice.CreateAsync(
                _hubs[0], $"till-{i:000}", $$"""{"role":"till","store":"s{{i % Stores}}"}""", HubWithFleet.Commit('0'), TimeSpan.FromMilliseconds(20 + (i % 7 * 40))))));
    }

    // Comes back wherever a hub is, and now and then goes away by itself.
    private async Task RunAsync(SimulatedDevice device, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            try
            {
                device.Hub = Alive();
                await device.ConnectAsync();
                await Task.WhenAny(device.Ended, Task.Delay(TimeSpan.FromSeconds(Next(4, 60)), TimeProvider.System, ended));
            }
            catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or ObjectDisposedException or InvalidOperationException or System.Security.Authentication.AuthenticationException || e.GetType().Namespace == "Xunit.Sdk")
            {
                // The hub is gone.
            }

            await device.DisconnectAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(Next(50, 1500)), TimeProvider.System, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Looks again and again: there is always a reason, and nobody counts as updated who has not reported the very revision.</summary>
    private async Task WatchAsync(CancellationToken ended)
    {
        var byName = _devices.ToDictionary(device => device.Name);
        while (!ended.IsCancellationRequested)
        {
            if (await CallAsync("GET", "api/v1/rollouts/tills") is { } rollout)
            {
                ((string?)rollout["message"]).Should().NotBeNullOrWhiteSpace();
                ((string?)rollout["reason"]).Should().NotBeNullOrWhiteSpace();
                var revision = (string)rollout["revision"]!;
                if (await CallAsync("GET", "api/v1/rollouts/tills/devices?state=Updated&limit=1000") is { } page)
                    foreach (var device in page["items"]!.AsArray().Where(item => (string?)item!["goal"] == revision))
                        byName[(string)device!["deviceId"]!].History.Should().Contain(happened => happened.IsReport && happened.Revision == revision);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void CheckBudget()
    {
        var happened = _devices.SelectMany((device, i) => device.History.Select(one => (one.At, one.IsReport, one.Revision, Device: i))).OrderBy(one => one.At).ThenByDescending(one => one.IsReport);
        var told = new string?[Devices];
        var reported = new string?[Devices];
        var busy = new int[Stores];
        foreach (var (at, isReport, revision, device) in happened)
        {
            // Whoever has come back is told again what it has.
            if (!isReport && told[device] is null && reported[device] == revision)
                continue;
            if (!isReport && told[device] is null)
                busy[device % Stores]++;
            if (isReport)
                reported[device] = revision;
            if (!isReport)
                told[device] = revision;
            else if (told[device] == revision)
                (told[device], busy[device % Stores]) = (null, busy[device % Stores] - 1);
            busy[device % Stores].Should().BeLessThanOrEqualTo(MaxUnavailable, "store s{0} at {1:O}", device % Stores, at);
        }
    }

    private async Task ApplyAsync(char commit)
    {
        var spec = $$$"""{"spec":{"selector":{"matchLabels":{"role":"till"}},"source":{"ref":{"commit":"{{{HubWithFleet.Commit(commit)}}}"}},"rolloutPolicy":{"batches":[{"name":"canary","limit":5,"successThreshold":"100%"},{"name":"half","limit":"50%"}],"successThreshold":"80%","disruptionBudget":{"groupBy":["store"],"maxUnavailable":{{{MaxUnavailable}}} },"onFailure":"RollBack"} } }""";
        await Eventually.TrueAsync("the fleet is written", async () => await CallAsync("PUT", "api/v1/fleets/tills", spec) is not null, Eventually.Slow);
    }

    private async Task KillAsync(int hub)
    {
        _alive = [.. _alive.Where(one => one != _hubs[hub])];
        _hubs[hub].Kill();
        await _hubs[hub].StopAsync();
    }

    private async Task RestartAsync(int hub)
    {
        await _hubs[hub].StartProcessAsync();
        _alive = [.. _alive, _hubs[hub]];
    }

    private Task MovedAsync(char commit, int devices) => Eventually.TrueAsync(
        $"{devices} devices have reported {commit}", () => _devices.Count(device => device.History.Any(happened => happened.IsReport && happened.Revision[0] == commit)) >= devices, Eventually.Slow);

    private async Task ReachesAsync(char commit, string state)
    {
        JsonNode? rollout = null;
        try
        {
            await Eventually.TrueAsync($"the rollout of {commit} is {state}", async () =>
            {
                rollout = await CallAsync("GET", "api/v1/rollouts/tills") ?? rollout;
                return (string?)rollout?["revision"] == HubWithFleet.Commit(commit) && (string?)rollout["state"] == state;
            }, TimeSpan.FromMinutes(4));
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException($"{e.Message}: {rollout?.ToJsonString()}", e);
        }
    }

    private static string? LastReport(SimulatedDevice device) => device.History.LastOrDefault(happened => happened.IsReport).Revision;

    /// <returns>Null when the hub that was asked has just gone, or is overwhelmed.</returns>
    private async Task<JsonNode?> CallAsync(string method, string path, string? body = null)
    {
        try
        {
            var (status, answer) = await Alive().CallAsync(method, path, body, authorization: _hubs[0].Token());
            return status == HttpStatusCode.OK ? answer : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private HubUnderTest Alive() => _alive is var alive ? alive[Next(0, alive.Length)] : throw new InvalidOperationException();

    private int Next(int from, int to)
    {
        lock (_random)
            return _random.Next(from, to);
    }
}
