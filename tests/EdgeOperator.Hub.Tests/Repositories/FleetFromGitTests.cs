using System.Net;
using EdgeOperator.Hub.Tests.Fleets;
using EdgeOperator.Hub.Tests.Storage;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Repositories;

/// <summary>Fleets, and what their devices are to be, come from a repository that the hub follows.</summary>
public abstract class FleetFromGitTests(Func<Task<string>> configuration)
{
    [Fact]
    public async Task A_commit_rolls_out_by_itself_in_batches_and_devices_get_the_artifacts_digest()
    {
        await using var hub = await HubWithRepository.StartAsync(await configuration());
        var canary = await hub.Fleet.AddAsync("canary", "\"ring\":\"canary\"");
        var other = await hub.Fleet.AddAsync("other", "\"ring\":\"rest\"");
        var fleet = HubWithRepository.FleetFile("till", "{batches: [{name: canary, selector: {matchLabels: {ring: canary} }, successThreshold: 100%}], onFailure: RollBack}");
        var first = await hub.Git.CommitAsync(fleet, HubWithRepository.Content("till", "one"));
        await hub.FollowAsync();

        var rollout = await hub.RolloutAsync("tills", first, "Completed");
        rollout["digest"]!.GetValue<string>().Should().StartWith("sha256:");
        canary.Told.Should().Equal(first);
        other.Told.Should().Equal(first);
        var artifact = (await hub.Hub.CallAsync("GET", "api/v1/fleets/tills")).Body!["artifact"]!;
        artifact.AsObject().Should().Contain(fact => fact.Key == "subject" && (string)fact.Value! == "Change");
        artifact["digest"]!.GetValue<string>().Should().Be((string)rollout["digest"]!);

        var bad = await hub.Git.CommitAsync(fleet, HubWithRepository.Content("till", SimulatedDevice.BadWord));
        (await hub.RolloutAsync("tills", bad, "RolledBack"))["message"]!.GetValue<string>().Should().Contain("canary (web is unhealthy)");
        canary.Told.Should().Equal(first, bad, first);
        other.Told.Should().Equal(first);

        var fix = await hub.Git.CommitAsync(fleet, HubWithRepository.Content("till", "two"));
        await hub.RolloutAsync("tills", fix, "Completed");
        other.Told.Should().Equal(first, fix);
    }

    [Fact]
    public async Task A_commit_that_changes_nothing_of_a_fleets_folder_is_nothing_new_for_its_devices()
    {
        await using var hub = await HubWithRepository.StartAsync(await configuration());
        var till = await hub.Fleet.AddAsync("till-1", "\"a\":\"b\"");
        var first = await hub.Git.CommitAsync(HubWithRepository.FleetFile("till"), HubWithRepository.Content("till", "one"));
        await hub.FollowAsync();
        await hub.RolloutAsync("tills", first, "Completed");
        await hub.Fleet.Edgeop.OkAsync("rollouts", "pause", "tills");

        var next = await hub.Git.CommitAsync(HubWithRepository.FleetFile("till"), HubWithRepository.Content("till", "one"), ("README.md", "hello"));
        await hub.SyncedAsync(next);
        await hub.Fleet.Edgeop.OkAsync("repositories", "sync", "shop");
        await hub.SyncedAsync(next);

        (await hub.FleetNamesAsync()).Should().Equal(["tills"], "a read that has nothing new removes nothing");
        var rollout = (await hub.Hub.CallAsync("GET", "api/v1/rollouts/tills")).Body!;
        ((string)rollout["revision"]!, (string)rollout["state"]!).Should().Be((first, "Paused"), "what people have ordered is left alone");
        till.Told.Should().Equal(first);
    }

    [Fact]
    public async Task What_comes_from_git_is_refused_by_the_api_which_says_where_it_comes_from()
    {
        await using var hub = await HubWithRepository.StartAsync(await configuration());
        await hub.SyncedAsync(await FollowedAsync(hub, HubWithRepository.FleetFile("till"), HubWithRepository.Content("till", "one")));

        foreach (var (method, body) in new[] { ("PUT", """{"spec":{"selector":{},"source":{"ref":{"commit":"0123456789abcdef0123456789abcdef01234567"}}}}"""), ("DELETE", null) })
        {
            var (status, message) = await hub.RefusedAsync(method, "api/v1/fleets/tills", body);
            status.Should().Be(HttpStatusCode.Conflict);
            message.Should().Contain("Fleet/tills comes from the repository shop, fleets/till.yaml: change it there");
        }

        var (code, _, error) = await hub.Fleet.Edgeop.RunAsync(["fleets", "delete", "tills"]);
        code.Should().NotBe(0);
        error.Should().Contain("comes from the repository shop, fleets/till.yaml");
        (await hub.Fleet.Edgeop.OkAsync("fleets", "get", "tills")).Should().Contain("shop: fleets/till.yaml");
    }

    [Fact]
    public async Task A_fleet_that_somebody_has_made_by_the_api_is_not_taken_from_them()
    {
        await using var hub = await HubWithRepository.StartAsync(await configuration());
        await hub.Fleet.ApplyAsync('a', "{}");
        await FollowedAsync(hub, HubWithRepository.FleetFile("till"), HubWithRepository.Content("till", "one"));

        var repository = await hub.RepositoryAsync("False", "Conflict");
        HubWithRepository.Condition(repository, "message").Should().Be("Fleet/tills was made by user admin, by the API: delete it there, or give one of them another name");
        ((string)(await hub.Hub.CallAsync("GET", "api/v1/fleets/tills")).Body!["spec"]!["source"]!["ref"]!["commit"]!).Should().Be(HubWithFleet.Commit('a'));

        await hub.Fleet.Edgeop.OkAsync("fleets", "delete", "tills");
        await hub.RepositoryAsync("True", "Synced");
        (await hub.FleetNamesAsync()).Should().Equal("tills");
    }

    [Fact]
    public async Task A_fleet_that_is_gone_from_git_goes_and_one_that_can_not_be_read_changes_nothing()
    {
        await using var hub = await HubWithRepository.StartAsync(await configuration());
        (string, string)[] four = [.. new[] { "a", "b", "c", "d" }.SelectMany(role => new[] { HubWithRepository.FleetFile(role), HubWithRepository.Content(role, "one") })];
        await hub.SyncedAsync(await FollowedAsync(hub, four));

        await hub.Git.CommitAsync([.. four[2..], ("fleets/broken.yaml", HubWithRepository.FleetFile("x").Content.Replace("selector", "selectors", StringComparison.Ordinal))]);
        var repository = await hub.RepositoryAsync("False", "InvalidFleet");
        HubWithRepository.Condition(repository, "message").Should().Contain("broken.yaml:5:3");
        (await hub.FleetNamesAsync()).Should().Equal("as", "bs", "cs", "ds");

        await hub.SyncedAsync(await hub.Git.CommitAsync(four[2..]));
        (await hub.FleetNamesAsync()).Should().Equal("bs", "cs", "ds");
    }

    [Fact]
    public async Task A_repository_that_can_not_be_reached_or_is_empty_removes_nothing()
    {
        await using var hub = await HubWithRepository.StartAsync(await configuration());
        await hub.SyncedAsync(await FollowedAsync(hub, HubWithRepository.FleetFile("till"), HubWithRepository.Content("till", "one")));

        await hub.Git.CommitAsync(("fleets/notes.txt", "nothing here"));
        HubWithRepository.Condition(await hub.RepositoryAsync("False", "EmptyRead"), "message").Should().StartWith("there is no Fleet in it any more, and 1 came from it: nothing is removed");
        await hub.Git.CommitAsync(("README.md", "nothing at all"));
        await hub.RepositoryAsync("False", "NotFound");
        await hub.FollowAsync(url: $"file://{hub.FilePath("nowhere")}");
        await hub.RepositoryAsync("False", "NotFound", repository => HubWithRepository.Condition(repository, "message").Contains("nowhere", StringComparison.Ordinal));
        (await hub.FleetNamesAsync()).Should().Equal("tills");
    }

    [Fact]
    public async Task A_read_that_would_remove_many_fleets_waits_for_approval()
    {
        await using var hub = await HubWithRepository.StartAsync(await configuration());
        (string, string)[] two = [HubWithRepository.FleetFile("a"), HubWithRepository.Content("a", "one"), HubWithRepository.FleetFile("b"), HubWithRepository.Content("b", "one")];
        await hub.SyncedAsync(await FollowedAsync(hub, two));

        var commit = await hub.Git.CommitAsync(two[..2]);
        var waiting = await hub.RepositoryAsync("False", "ApprovalNeeded");
        HubWithRepository.Condition(waiting, "message").Should().Be($"main@{commit[..7]} (Change) waits: it would remove 1 of 2 fleets (bs) and take 0 of 0 devices out of them, and at most 30 % of either go without approval");
        ((string)waiting["pending"]!).Should().Be(commit);
        (await hub.FleetNamesAsync()).Should().Equal("as", "bs");

        (await hub.Fleet.Edgeop.OkAsync("repositories", "approve", "shop")).Should().Be($"Repository/shop: {commit} is approved.\n");
        await hub.SyncedAsync(commit);
        (await hub.FleetNamesAsync()).Should().Equal("as");
    }

    [Fact]
    public async Task A_read_that_would_take_many_devices_out_of_fleets_waits_for_approval_and_another_commit_ends_the_wait()
    {
        await using var hub = await HubWithRepository.StartAsync(await configuration());
        for (var i = 0; i < 3; i++)
            await hub.Fleet.AddAsync($"till-{i}", "\"a\":\"b\"", isConnected: false);
        var (fleet, content) = (HubWithRepository.FleetFile("till"), HubWithRepository.Content("till", "one"));
        await hub.SyncedAsync(await FollowedAsync(hub, fleet, content));

        await hub.Git.CommitAsync((fleet.Path, fleet.Content.Replace("role: till", "role: tills", StringComparison.Ordinal)), content);
        HubWithRepository.Condition(await hub.RepositoryAsync("False", "ApprovalNeeded"), "message").Should().Contain("it would remove 0 of 1 fleets and take 3 of 3 devices out of them");
        await hub.SyncedAsync(await hub.Git.CommitAsync(fleet, content, ("README.md", "as before")));
        var (code, _, error) = await hub.Fleet.Edgeop.RunAsync(["repositories", "approve", "shop"]);
        code.Should().Be(3);
        error.Should().Contain("waits for no approval");
    }

    [Fact]
    public async Task Folders_and_references_that_are_not_there_are_told_and_devices_keep_what_they_have()
    {
        await using var hub = await HubWithRepository.StartAsync(await configuration());
        var till = await hub.Fleet.AddAsync("till-1", "\"a\":\"b\"");
        var first = await FollowedAsync(hub, HubWithRepository.FleetFile("till"), HubWithRepository.Content("till", "one"));
        await hub.RolloutAsync("tills", first, "Completed");

        await hub.Git.CommitAsync(HubWithRepository.FleetFile("till"));
        HubWithRepository.Condition(await hub.RepositoryAsync("False", "FleetFailed"), "message").Should().StartWith("Fleet/tills: there is no folder devices/till in ");
        ((string)(await hub.Hub.CallAsync("GET", "api/v1/fleets/tills")).Body!["artifact"]!["reason"]!).Should().Be("NotFound");
        await hub.Git.CommitAsync(HubWithRepository.FleetFile("till", source: ", ref: {tag: v1}"), HubWithRepository.Content("till", "one"));
        await hub.RepositoryAsync("False", "FleetFailed", repository => HubWithRepository.Condition(repository, "message").Contains("there is no tag v1", StringComparison.Ordinal));
        till.Told.Should().Equal(first);

        await hub.Git.GitAsync("tag", "v1", first);
        await hub.RepositoryAsync("True", "Synced");
        await Eventually.TrueAsync("the fleet is at the tag", async () => (string?)(await hub.Hub.CallAsync("GET", "api/v1/fleets/tills")).Body!["artifact"]!["commit"] == first);
    }

    [Fact]
    public async Task A_repository_that_is_forgotten_leaves_its_fleets_to_the_api()
    {
        await using var hub = await HubWithRepository.StartAsync(await configuration());
        await hub.SyncedAsync(await FollowedAsync(hub, HubWithRepository.FleetFile("till"), HubWithRepository.Content("till", "one")));
        (await hub.Fleet.Edgeop.OkAsync("repositories", "list")).Should().MatchRegex("shop +True +main@");

        await hub.Fleet.Edgeop.OkAsync("repositories", "delete", "shop");
        (await hub.FleetNamesAsync()).Should().Equal("tills");
        await hub.Fleet.Edgeop.OkAsync("fleets", "delete", "tills");
        (await hub.FleetNamesAsync()).Should().BeEmpty();
    }

    private static async Task<string> FollowedAsync(HubWithRepository hub, params (string, string)[] files)
    {
        var commit = await hub.Git.CommitAsync(files);
        await hub.FollowAsync();
        return commit;
    }
}

public sealed class SqliteFleetFromGitTests() : FleetFromGitTests(() => Task.FromResult(""));

[Collection(SharedPostgres.Name)]
public sealed class PostgresFleetFromGitTests(SharedPostgres postgres) : FleetFromGitTests(async () => postgres.Server.Configuration(await postgres.Server.CreateDatabaseAsync()));
