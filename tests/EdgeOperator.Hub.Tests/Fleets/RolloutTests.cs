using EdgeOperator.Hub.Tests.Storage;

namespace EdgeOperator.Hub.Tests.Fleets;

/// <summary>Commits on their way over devices that speak the real protocol, while the hub is killed.</summary>
public abstract class RolloutTests(Func<Task<string>> configuration)
{
    private const string InThreeBatches = "{batches: [{name: canary, selector: {matchLabels: {ring: canary} }, successThreshold: 100%}, {name: few, limit: 2}], onFailure: RollBack, disruptionBudget: {groupBy: [store], maxUnavailable: 1} }";

    [Fact]
    public async Task A_good_commit_goes_through_three_batches_and_an_offline_device_catches_up()
    {
        await using var fleet = await StartAsync();
        var away = await fleet.AddAsync("away", "\"store\":\"b\"", isConnected: false);

        await fleet.ApplyAsync('a', InThreeBatches);
        await fleet.RestartAsync(away);

        var rollout = await fleet.ReachesAsync('a', "Completed", "Offline");
        rollout["message"]!.GetValue<string>().Should().Be("5 of 6 devices have aaaaaaaa; away is offline and gets it when it returns");
        rollout["batches"]!.AsArray().Select(batch => (string?)batch!["name"]).Should().Equal("canary", "few", "rest");
        rollout["batches"]!.AsArray().Select(batch => (int)batch!["updated"]!).Should().Equal(1, 2, 2);
        fleet.Devices.Where(device => device != away).Should().OnlyContain(device => device.Told.SequenceEqual(new[] { HubWithFleet.Commit('a') }));
        await away.ConnectAsync();
        await fleet.ReachesAsync('a', "Completed", "Completed");
        away.Told.Should().Equal(HubWithFleet.Commit('a'));
    }

    [Fact]
    public async Task A_bad_commit_stops_after_the_first_batch_and_is_rolled_back_and_a_fix_goes_on()
    {
        await using var fleet = await StartAsync();
        await fleet.ApplyAsync('a', InThreeBatches);
        await fleet.ReachesAsync('a', "Completed");
        await fleet.ApplyAsync(SimulatedDevice.Bad, InThreeBatches);
        await fleet.RestartAsync();

        var rollout = await fleet.ReachesAsync(SimulatedDevice.Bad, "RolledBack", "Ended");
        rollout["message"]!.GetValue<string>().Should().Be("1 device went back to what it had: 1 device of 1 in batch canary failed, and 100 % must succeed: canary (web is unhealthy)");
        fleet.Devices[0].Told.Should().Equal(HubWithFleet.Commit('a'), HubWithFleet.Commit(SimulatedDevice.Bad), HubWithFleet.Commit('a'));
        fleet.Devices.Skip(1).Should().OnlyContain(device => device.Told.Count == 1);

        await fleet.ApplyAsync('c', InThreeBatches);
        await fleet.ReachesAsync('c', "Completed");
        var history = await fleet.Hub.CallAsync("GET", "api/v1/rollouts/tills/history");
        history.Body!["items"]!.AsArray().Select(item => (string?)item!["state"]).Should().Equal("Completed", "Superseded", "Superseded");
    }

    [Fact]
    public async Task A_window_holds_a_batch_and_a_fix_takes_the_place_of_a_paused_rollout()
    {
        await using var fleet = await StartAsync();
        var never = TimeProvider.System.GetUtcNow().AddMonths(6);
        await fleet.ApplyAsync('a', $"{{windows: [{{cron: \"0 0 1 {never.Month} *\", duration: 1h}}]}}");

        (await fleet.ReachesAsync('a', "Progressing", "Window"))["message"]!.GetValue<string>().Should().StartWith("batch all waits for a maintenance window: ");
        (await fleet.Edgeop.OkAsync("rollouts", "pause", "tills", "--reason", "holidays")).Should().Be("tills-1: nothing more begins until `edgeop hub rollouts resume`.\n");
        await fleet.RestartAsync();
        (await fleet.ReachesAsync('a', "Paused", "Paused"))["message"]!.GetValue<string>().Should().Be("paused by admin: holidays");
        await fleet.ApplyAsync('b', "{}");
        await fleet.ReachesAsync('b', "Completed");
        fleet.Devices.Should().OnlyContain(device => device.Told.SequenceEqual(new[] { HubWithFleet.Commit('b') }));
    }

    [Fact]
    public async Task People_approve_skip_abort_and_roll_back_and_what_can_not_be_done_is_said()
    {
        await using var fleet = await StartAsync();
        await fleet.ApplyAsync('a', "{batches: [{name: first, limit: 1, approval: Manual}, {name: second, approval: Manual}] }");
        await fleet.ReachesAsync('a', "Progressing", "Approval");
        await fleet.Edgeop.OkAsync("rollouts", "skip", "tills");
        await fleet.ReachesAsync('a', "Progressing", "Approval");
        await fleet.Edgeop.OkAsync("rollouts", "approve", "tills");
        await fleet.ReachesAsync('a', "Completed", "Completed");

        var (code, _, error) = await fleet.Edgeop.RunAsync(["rollouts", "approve", "tills"]);
        code.Should().Be(1);
        error.Should().Be("error: tills-1 can't be approved: it is Completed\n");
        (await fleet.Edgeop.RunAsync(["rollouts", "abort", "tills"])).Error.Should().Be("error: tills-1 can't be aborted: it is Completed\n");
        (await fleet.Hub.CallAsync("POST", "api/v1/rollouts/tills/abort", "{}")).Status.Should().Be(System.Net.HttpStatusCode.Conflict);
        await fleet.ReachesAsync('a', "Completed", "Completed");
        await fleet.Edgeop.OkAsync("rollouts", "rollback", "tills");
        await fleet.ReachesAsync('a', "RolledBack");
        fleet.Devices.Should().OnlyContain(device => device.Told.SequenceEqual(new[] { HubWithFleet.Commit('a'), HubWithFleet.Commit('0') }));

        await fleet.ApplyAsync('b', "{approval: Manual}");
        await fleet.ReachesAsync('b', "Progressing", "Approval");
        await fleet.Edgeop.OkAsync("rollouts", "abort", "tills");
        (await fleet.Edgeop.RunAsync(["rollouts", "watch", "tills"])).Out.Should().Contain("Aborted");
        var drawn = (await fleet.Edgeop.RunAsync(["rollouts", "watch", "tills"], width: 80)).Out;
        drawn.Should().Contain("BATCH").And.Contain("aborted by admin");
        var audit = await fleet.Hub.CallAsync("GET", "api/v1/audit?limit=1000");
        audit.Body!.ToJsonString().Should().Contain("api/v1/rollouts/tills/abort").And.Contain("user admin");
    }

    private async Task<HubWithFleet> StartAsync()
    {
        var fleet = await HubWithFleet.StartAsync(await configuration());
        await fleet.AddAsync("canary", "\"ring\":\"canary\",\"store\":\"a\"");
        for (var i = 1; i <= 4; i++)
            await fleet.AddAsync($"till-{i}", i % 2 == 0 ? "\"store\":\"a\"" : "\"store\":\"b\"");
        return fleet;
    }
}

public sealed class SqliteRolloutTests() : RolloutTests(() => Task.FromResult(""));

[Collection(SharedPostgres.Name)]
public sealed class PostgresRolloutTests(SharedPostgres postgres) : RolloutTests(async () => postgres.Server.Configuration(await postgres.Server.CreateDatabaseAsync()));
