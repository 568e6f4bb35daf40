using EdgeOperator.Hub.Tests.Storage;
using EdgeOperator.IntegrationTests.Sources;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.Hub.Tests.Repositories;

/// <summary>Repositories at hubs that share a database.</summary>
[Collection(SharedPostgres.Name)]
public sealed class RepositoryReplicaTests(SharedPostgres postgres)
{
    [Fact]
    public async Task One_replica_fetches_for_all_and_another_goes_on_when_it_is_gone()
    {
        using var files = new TempFolder("files");
        using var git = await Repository.CreateAsync();
        await using var server = await HttpGitServer.StartAsync(Path.GetDirectoryName(git.Path)!);
        var configuration = postgres.Server.Configuration(await postgres.Server.CreateDatabaseAsync()) + HubWithRepository.Access(files);
        await using var one = await HubUnderTest.StartAsync(configuration);
        await using var two = await HubUnderTest.StartAsync(configuration, replicaOf: one);
        var first = await git.CommitAsync(HubWithRepository.FleetFile("till"), HubWithRepository.Content("till", "one"));
        await two.CallAsync("PUT", "api/v1/repositories/shop", $$$"""{"spec":{"url":"{{{server.Url}}}/{{{Path.GetFileName(git.Path)}}}/.git","path":"fleets","interval":"1d"}}""", authorization: two.Token());
        await SyncedAsync(two, first);
        new[] { one, two }.Count(hub => Directory.Exists(Path.Combine(hub.Data, "repositories/shop"))).Should().Be(1, "only the leader fetches");

        var (leader, other) = Directory.Exists(Path.Combine(one.Data, "repositories/shop")) ? (one, two) : (two, one);
        leader.Kill();
        var second = await git.CommitAsync(HubWithRepository.FleetFile("till"), HubWithRepository.Content("till", "two"));
        await SyncedAsync(other, second);
        Directory.Exists(Path.Combine(other.Data, "repositories/shop")).Should().BeTrue();
    }

    private static Task SyncedAsync(HubUnderTest hub, string commit) => Eventually.TrueAsync(
        $"the commit {commit} is read", async () => (string?)(await hub.CallAsync("GET", "api/v1/repositories/shop")).Body?["commit"] == commit, Eventually.Slow);
}
