using System.Security.Cryptography;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Storage.Postgres;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Storage;

/// <summary>What every store of artifacts does, each by a class of its own.</summary>
public abstract class ArtifactStoreTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private protected IArtifactStore Artifacts { get; set; } = null!;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(256 * 1024)]
    [InlineData((1024 * 1024) + 7)]
    [InlineData(3_000_000)]
    public async Task A_content_is_read_as_it_was_written_and_any_part_of_it_alone(int size)
    {
        var content = RandomNumberGenerator.GetBytes(size);
        var hash = await AddAsync(content, pieces: 70_000);

        (await Artifacts.FindAsync(hash, default)).Should().Be(new StoredArtifact(hash, size, Now));
        (await ReadAsync(hash, 0, size)).Should().Equal(content);
        foreach (var (from, count) in ((int, int)[])[(0, 1), (size / 2, size / 3), (size - 1, 1), (262_143, 2), (262_144, 262_144), (5, size - 5)])
            if (from >= 0 && count > 0 && from + count <= size)
                (await ReadAsync(hash, from, count)).Should().Equal(content.AsSpan(from, count).ToArray(), $"{from} {count}");
    }

    [Fact]
    public async Task What_is_not_completed_is_not_there_and_what_is_under_way_stays()
    {
        await using (var upload = Artifacts.Begin())
            await upload.WriteAsync(new byte[600_000], default);
        var hash = Convert.ToHexStringLower(SHA256.HashData(new byte[600_000]));
        var underWay = Artifacts.Begin();
        await underWay.WriteAsync(new byte[600_000], default);

        await Artifacts.RemoveUnfinishedAsync(TimeProvider.System.GetUtcNow().AddDays(-1), default);
        await underWay.CompleteAsync(hash, Now, default);
        await underWay.DisposeAsync();

        (await Artifacts.ListAsync("", 10, default)).Select(a => a.Hash).Should().Equal(hash);
        (await ReadAsync(hash, 599_999, 1)).Should().Equal(0);
    }

    [Fact]
    public async Task The_same_content_twice_at_once_is_one()
    {
        var content = RandomNumberGenerator.GetBytes(500_000);

        var hashes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => AddAsync(content))));

        hashes.Distinct().Should().ContainSingle();
        (await Artifacts.ListAsync("", 10, default)).Should().ContainSingle();
        (await ReadAsync(hashes[0], 0, content.Length)).Should().Equal(content);
    }

    [Fact]
    public async Task One_is_removed_only_when_it_has_not_been_used_for_long_enough()
    {
        var (old, used) = (await AddAsync([1]), await AddAsync([2]));
        await Artifacts.MarkUsedAsync(used, Now.AddDays(2), default);
        await Artifacts.MarkUsedAsync(new('f', 64), Now, default);

        (await Artifacts.RemoveAsync(used, Now.AddDays(1), default)).Should().BeFalse();
        (await Artifacts.RemoveAsync(old, Now.AddDays(1), default)).Should().BeTrue();
        (await Artifacts.RemoveAsync(old, Now.AddDays(1), default)).Should().BeFalse();

        (await Artifacts.ListAsync("", 10, default)).Select(a => a.Hash).Should().Equal(used);
        (await Artifacts.FindAsync(old, default)).Should().BeNull();
        await FluentActions.Awaiting(() => ReadAsync(old, 0, 1)).Should().ThrowAsync<StoreException>();
    }

    [Fact]
    public async Task They_are_listed_in_pages()
    {
        var hashes = new List<string>();
        for (byte i = 0; i < 7; i++)
            hashes.Add(await AddAsync([i]));
        hashes.Sort(StringComparer.Ordinal);

        var first = await Artifacts.ListAsync("", 3, default);
        var second = await Artifacts.ListAsync(first[^1].Hash, 10, default);

        first.Concat(second).Select(a => a.Hash).Should().Equal(hashes);
    }

    private async Task<string> AddAsync(byte[] content, int pieces = int.MaxValue)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(content));
        await using var upload = Artifacts.Begin();
        for (var at = 0; at < content.Length; at += Math.Min(pieces, content.Length))
            await upload.WriteAsync(content.AsMemory(at, Math.Min(pieces, content.Length - at)), default);
        await upload.CompleteAsync(hash, Now, default);
        return hash;
    }

    private async Task<byte[]> ReadAsync(string hash, long from, long count)
    {
        using var content = new MemoryStream();
        await Artifacts.CopyAsync(hash, from, count, content, default);
        return content.ToArray();
    }
}

public sealed class ArtifactFolderTests : ArtifactStoreTests, IDisposable
{
    private readonly TempFolder _folder = new();

    public ArtifactFolderTests() => Artifacts = new ArtifactFolder(_folder.File("artifacts"));

    [Fact]
    public async Task What_a_hub_that_was_killed_left_is_removed_by_the_next_one()
    {
        await Artifacts.Begin().WriteAsync(new byte[300_000], default);

        await new ArtifactFolder(_folder.File("artifacts")).RemoveUnfinishedAsync(TimeProvider.System.GetUtcNow().AddDays(-1), default);

        Directory.GetFiles(_folder.File("artifacts")).Should().BeEmpty();
    }

    public void Dispose() => _folder.Dispose();
}

[Collection(SharedPostgres.Name)]
public sealed class PostgresArtifactTests(SharedPostgres shared) : ArtifactStoreTests, IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private SecretBox _secrets = null!;
    private PostgresStore _store = null!;
    private string _database = "";

    public async Task InitializeAsync()
    {
        _secrets = SecretBox.Open(_folder.File("secrets.key"));
        _database = await shared.Server.CreateDatabaseAsync();
        _store = await PostgresStore.OpenAsync(Npgsql.NpgsqlDataSource.Create(shared.Server.ConnectionString(_database)), _secrets, "one", default);
        Artifacts = _store;
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        _secrets.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Chunks_that_nobody_completes_go_after_a_day_and_an_upload_that_lost_some_is_refused()
    {
        var slow = Artifacts.Begin();
        await slow.WriteAsync(new byte[600_000], default);

        await Artifacts.RemoveUnfinishedAsync(TimeProvider.System.GetUtcNow().AddHours(1), default);

        (await shared.Server.RunAsync("psql", "-At", "-c", "SELECT count(*) FROM artifact_chunks", _database)).Trim().Should().Be("0");
        await FluentActions.Awaiting(() => slow.CompleteAsync(new('a', 64), TimeProvider.System.GetUtcNow(), default)).Should().ThrowAsync<StoreException>();
        (await Artifacts.FindAsync(new('a', 64), default)).Should().BeNull();
    }
}
