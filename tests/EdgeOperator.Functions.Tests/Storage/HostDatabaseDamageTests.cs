using EdgeOperator.Functions.Blobs;
using EdgeOperator.Functions.Blobs.Embedded;
using EdgeOperator.Functions.Storage;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Storage;

/// <summary><c>host.db</c> and its companions are damaged, while the host runs and while it does not.</summary>
public sealed class HostDatabaseDamageTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Database => _folder.File("host.db");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("host.db")]
    [InlineData("host.db host.db-wal host.db-shm")]
    public async Task What_is_deleted_under_a_running_host_loses_nothing(string files)
    {
        await using (var database = HostDatabase.Open(Database))
        {
            await AddAsync(database, 1);
            foreach (var file in files.Split(' '))
                File.Delete(_folder.File(file));

            // The first is at the file's place again with whatever is written next.
            await AddAsync(database, 2);
            await AddAsync(database, 3);
        }

        await using var again = HostDatabase.Open(Database);
        (await CountAsync(again)).Should().Be(3);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(Database).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData(Damage.Garbage)]
    [InlineData(Damage.Zeros)]
    [InlineData(Damage.FolderInItsPlace)]
    public async Task A_damaged_database_is_told_with_its_path_and_what_to_do_and_stays_as_it_is(Damage damage)
    {
        await using (var database = HostDatabase.Open(Database))
            await AddAsync(database, 1);
        damage.Apply(Database);

        FluentActions.Invoking(() => HostDatabase.Open(Database)).Should().Throw<IOException>().WithMessage($"*{Database}*Move it away to begin with empty queues*");

        Path.Exists(Database).Should().BeTrue();
    }

    [Theory]
    [InlineData(Damage.Garbage)]
    [InlineData(Damage.Truncated)]
    [InlineData(Damage.FolderInItsPlace)]
    [InlineData(Damage.LinkInItsPlace)]
    [InlineData(Damage.PipeInItsPlace)]
    public async Task Damaged_companions_cost_at_most_what_they_had(Damage damage)
    {
        await using (var database = HostDatabase.Open(Database))
            await AddAsync(database, 1);
        foreach (var beside in (string[])["-wal", "-shm"])
        {
            await File.WriteAllBytesAsync(Database + beside, new byte[4096]);
            damage.Apply(Database + beside);
        }

        await using var again = HostDatabase.Open(Database);
        (await CountAsync(again)).Should().Be(1);
    }

    [Fact]
    public async Task Contents_of_blobs_are_kept_when_their_names_are_lost()
    {
        await using (var database = HostDatabase.Open(Database))
        {
            IBlobStore blobs = await EmbeddedBlobs.OpenAsync(database, _folder.File("blobs"), TimeProvider.System, CancellationToken.None);
            await blobs.WriteAsync(BlobPath.Of("photos", "cat"), "meow"u8.ToArray(), CancellationToken.None);
        }

        File.Delete(Database);
        await using var empty = HostDatabase.Open(Database);
        await EmbeddedBlobs.OpenAsync(empty, _folder.File("blobs"), TimeProvider.System, CancellationToken.None);

        Directory.GetFiles(_folder.File("blobs")).Should().BeEmpty();
        (await File.ReadAllTextAsync(Directory.GetFiles(_folder.File("blobs.damaged-1")).Single())).Should().Be("meow");
    }

    private static Task<int> AddAsync(HostDatabase database, int number) =>
        database.DoAsync(d => d.Execute("INSERT INTO timers VALUES ($1, 0, 0, 0)", $"timer-{number}"));

    private static async Task<int> CountAsync(HostDatabase database) => (int)(await database.DoAsync(d => d.Query("SELECT COUNT(*) FROM timers", row => row.GetInt64(0))))[0];
}
