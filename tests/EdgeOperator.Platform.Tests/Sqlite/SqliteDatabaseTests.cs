using EdgeOperator.Platform.Sqlite;
using EdgeOperator.Testing;
using Microsoft.Data.Sqlite;

namespace EdgeOperator.Platform.Tests.Sqlite;

public sealed class SqliteDatabaseTests : IDisposable
{
    private const string First = "CREATE TABLE one (a TEXT);";
    private const string Second = "CREATE TABLE two (a TEXT); INSERT INTO two SELECT a FROM one;";

    private readonly TempFolder _folder = new();

    private string File => Path.Combine(_folder, "test.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_new_database_is_private_durable_and_has_the_latest_schema()
    {
        using var database = Open(First, Second);

        Read(database, "PRAGMA user_version").Should().Be(2L);
        Read(database, "PRAGMA journal_mode").Should().Be("wal");
        Read(database, "PRAGMA synchronous").Should().Be(2L);
        Read(database, "SELECT count(*) FROM two").Should().Be(0L);
        System.IO.File.GetUnixFileMode(File).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void An_older_database_gets_the_migrations_that_it_lacks_and_keeps_its_rows()
    {
        using (var old = Open(First))
            Read(old, "INSERT INTO one VALUES ('kept') RETURNING a");

        using var database = Open(First, Second);

        Read(database, "SELECT a FROM two").Should().Be("kept");
        Read(database, "PRAGMA user_version").Should().Be(2L);
    }

    [Theory]
    [InlineData("-wal", Damage.LinkInItsPlace)]
    [InlineData("-wal", Damage.PipeInItsPlace)]
    [InlineData("-wal", Damage.FolderInItsPlace)]
    [InlineData("-shm", Damage.LinkInItsPlace)]
    [InlineData("-shm", Damage.FolderInItsPlace)]
    public void Something_else_in_the_place_of_its_log_gives_way(string suffix, Damage damage)
    {
        using (var before = Open(First))
            Read(before, "INSERT INTO one VALUES ('kept') RETURNING a");
        damage.Apply(_folder.Write("test.db" + suffix, ""));

        using var database = Open(First);

        Read(database, "SELECT a FROM one").Should().Be("kept");
    }

    [Fact]
    public void A_migration_that_fails_leaves_the_database_at_the_version_before()
    {
        Open(First).Dispose();

        var open = () => Open(First, "CREATE TABLE two (a TEXT); SELECT * FROM missing;");

        open.Should().Throw<SqliteException>();
        using var database = Open(First);
        Read(database, "SELECT count(*) FROM sqlite_master WHERE name = 'two'").Should().Be(0L);
    }

    [Fact]
    public void A_database_of_a_later_version_is_refused_unchanged()
    {
        Open(First, Second).Dispose();

        var open = () => Open(First);

        open.Should().Throw<InvalidDataException>().WithMessage("*schema version 2*up to 1");
        using var database = Open(First, Second);
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused()
    {
        System.IO.File.WriteAllText(File, new string('x', 4096));

        var open = () => Open(First);

        open.Should().Throw<InvalidDataException>();
    }

    private SqliteConnection Open(params string[] migrations) => SqliteDatabase.Open(File, migrations, TimeSpan.FromSeconds(1));

    private static object? Read(SqliteConnection database, string sql)
    {
        using var command = database.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
