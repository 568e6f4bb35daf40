using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Artifacts;
using EdgeOperator.Core.Fleets;
using EdgeOperator.Core.Hub;
using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Artifacts;
using EdgeOperator.Hub.Fleets;
using EdgeOperator.Hub.Replicas;
using EdgeOperator.Hub.Repositories;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Storage.Sqlite;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Hub.Tests.Repositories;

/// <summary>What running and last good revisions need is kept, and the rest goes: over many commits a hub does not grow.</summary>
public sealed class ReleaseReferencesTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SecretBox _secrets;
    private readonly SqliteStore _store;
    private readonly ArtifactFolder _artifacts;
    private readonly FleetCatalog _catalog;
    private readonly FleetRevisions _revisions;
    private readonly RolloutStore _rollouts;
    private readonly SetClock _clock = new();
    private readonly ArtifactUpkeep _upkeep;

    public ReleaseReferencesTests()
    {
        _secrets = SecretBox.Open(_folder.File("secrets.key"));
        _store = SqliteStore.Open(_folder.File("hub.db"), _secrets, isServer: true);
        _artifacts = new(Directory.CreateDirectory(_folder.File("artifacts")).FullName);
        (_catalog, _revisions, _rollouts) = (new(_store, _clock), new(_store), new(_store));
        var leadership = new Leadership(_store, Replica.New(), TimeProvider.System, NullLogger<Leadership>.Instance);
        _upkeep = new(
            _artifacts, [new ReleaseReferences(_catalog, _revisions, _rollouts), new TwinReferences(_store)], leadership, HubConfigurationReader.Default("hub.example.com"), _clock, NullLogger<ArtifactUpkeep>.Instance);
    }

    [Fact]
    public async Task Of_each_fleet_what_it_is_to_be_at_what_devices_were_given_and_what_they_go_back_to_stays()
    {
        var (wanted, current, given, previous, lastGood, old) = (await AddAsync(1), await AddAsync(2), await AddAsync(3), await AddAsync(4), await AddAsync(5), await AddAsync(6));
        var fence = (await _store.AcquireLeaseAsync("fleets", "one", TimeSpan.FromMinutes(1), default))!.Value;
        await _catalog.WriteAsync("tills", new() { ["selector"] = new JsonObject(), ["source"] = new JsonObject { ["repository"] = "shop", ["path"] = "tills" } }, "ann", default);
        await _revisions.WriteAsync("tills", new("shop tills ", Revision(wanted)), fence, default);
        var rollout = RolloutEngine.Start("tills", new(), Revision(current), null, _clock.GetUtcNow()) with
        {
            Devices = ImmutableDictionary<string, RolloutDevice>.Empty.Add("till-1", new(0, DeviceState.Updating, _clock.GetUtcNow()) { Goal = Revision(given), Previous = Revision(previous) }),
        };
        (await WriteAsync(rollout, null)).Should().NotBeNull();
        await ReportAsync("till-2", "lastGood", lastGood);

        _clock.Pass(TimeSpan.FromDays(400));
        await _upkeep.SweepAsync(default);

        (await HashesAsync()).Should().BeEquivalentTo(wanted, current, given, previous, lastGood).And.NotContain(old);
    }

    [Fact]
    public async Task A_hundred_commits_leave_a_few_artifacts_and_rollouts_and_a_fleet_that_is_gone_leaves_none()
    {
        var fence = (await _store.AcquireLeaseAsync("fleets", "one", TimeSpan.FromMinutes(1), default))!.Value;
        await _catalog.WriteAsync("tills", new() { ["selector"] = new JsonObject(), ["source"] = new JsonObject { ["repository"] = "shop", ["path"] = "tills" } }, "ann", default);
        KnownRollout? known = null;
        for (byte commit = 0; commit < 100; commit++)
        {
            var revision = Revision(await AddAsync(commit));
            await _revisions.WriteAsync("tills", new("shop tills ", revision), fence, default);
            if (known is not null)
                await _rollouts.KeepAsync(StoredRollout.Of(RolloutEngine.Supersede(known.Rollout, revision, _clock.GetUtcNow()), known.Told.Wait, known.Told.Counts), default);
            var next = RolloutEngine.Start("tills", new(), revision, known?.Rollout, _clock.GetUtcNow()) with
            {
                Devices = ImmutableDictionary<string, RolloutDevice>.Empty.Add("till-1", new(0, DeviceState.Updated, _clock.GetUtcNow()) { Goal = revision, Previous = known?.Rollout.Revision }),
            };
            known = await WriteAsync(next, known);
            _clock.Pass(TimeSpan.FromDays(4));
            await _upkeep.SweepAsync(default);
        }

        var keep = HubConfigurationReader.Default("hub.example.com").Artifacts.KeepUnused;
        (await HashesAsync()).Length.Should().BeLessThanOrEqualTo(3 + (int)(keep / TimeSpan.FromDays(4)), "the last two, and those that nobody has needed for less than {0}", keep);
        (await _rollouts.PastAsync("tills", default)).Select(past => past.Number).Should().Equal(Enumerable.Range(80, 20).Reverse());

        await _catalog.RemoveAsync("tills", null, default);
        await _rollouts.RemoveAsync("tills", default);
        await _revisions.RemoveAsync("tills", default);
        _clock.Pass(keep + TimeSpan.FromDays(1));
        await _upkeep.SweepAsync(default);

        (await HashesAsync()).Should().BeEmpty();
        (await _rollouts.PastAsync("tills", default)).Should().BeEmpty();
        (await _rollouts.DevicesAsync("tills", null, null, "", default).ToListAsync()).Should().BeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        _upkeep.Dispose();
        await _store.DisposeAsync();
        _secrets.Dispose();
        _folder.Dispose();
    }

    private async Task<string> AddAsync(byte content)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData([content]));
        await using var upload = _artifacts.Begin();
        await upload.WriteAsync(new byte[] { content }, default);
        await upload.CompleteAsync(hash, _clock.GetUtcNow(), default);
        return hash;
    }

    private Task<KnownRollout?> WriteAsync(Rollout rollout, KnownRollout? before) =>
        _rollouts.WriteAsync(rollout, StoredRollout.Of(rollout, new(WaitReason.Moving, "it moves"), []), before, null, default);

    private async Task ReportAsync(string device, string what, string hash)
    {
        var artifact = new JsonObject { ["revision"] = new string('a', 40), ["digest"] = ArtifactDigest.OfHash(hash) };
        await _store.AddAsync(new(new(device), "1", "1") { PrimaryKey = [1], SecondaryKey = [2] }, Twin.Initial, default);
        await _store.WriteReportedAsync(
            new(device), TwinProperties.Initial.Version,
            TwinProperties.Initial.Patched(TwinSection.Reported, new() { ["edgeoperator"] = new JsonObject { ["artifacts"] = new JsonObject { ["fleet"] = new JsonObject { [what] = artifact } } } }, _clock.GetUtcNow()), default);
    }

    private static string Revision(string hash) => new FleetRevision(new('a', 40), ArtifactDigest.OfHash(hash)).ToString();

    private async Task<string[]> HashesAsync() => [.. (await _artifacts.ListAsync("", 1000, default)).Select(artifact => artifact.Hash)];
}
