using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Testing;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Data.Sqlite;

namespace EdgeOperator.Agent.Tests.Storage;

public sealed class StateStoreDamageTests : StoreFixture
{
    [Fact]
    public void A_file_that_is_no_database_is_kept_aside_and_a_new_one_made()
    {
        Close();
        File.WriteAllText(Database, "this is no database, but long enough to look at: " + new string('x', 4096));

        Reopen();

        Store.Error.Should().BeNull();
        Store.Append(Event("A"));
        Reopen();
        Reasons().Should().Equal("A");
        File.ReadAllText(Database + ".damaged").Should().StartWith("this is no database");
    }

    [Theory]
    [InlineData(Damage.FolderInItsPlace)]
    [InlineData(Damage.LinkInItsPlace)]
    [InlineData(Damage.PipeInItsPlace)]
    public void Something_else_in_its_place_gives_way(Damage damage)
    {
        Close();
        damage.Apply(Database);

        Reopen();
        Store.Append(Event("A"));
        Reopen();

        Store.Error.Should().BeNull();
        Reasons().Should().Equal("A");
    }

    [Fact]
    public void A_database_of_another_version_is_kept_aside()
    {
        Store.Append(Event("A"));
        Close();
        Sql("PRAGMA user_version = 99");

        Reopen();

        Reasons().Should().BeEmpty();
        File.Exists(Database + ".damaged").Should().BeTrue();
    }

    [Fact]
    public void A_database_without_its_tables_is_kept_aside()
    {
        Close();
        Sql("DROP TABLE runs");

        Reopen();

        Store.BeginRevision("a", "a");
        Store.Flush();
        Store.Error.Should().BeNull();
    }

    [Fact]
    public void Rows_that_can_not_be_cost_history_only()
    {
        Store.Append(Event("A"));
        Close();
        Sql("UPDATE events SET at = 9223372036854775807, count = 'many'");

        Reopen();
        Store.Append(Event("B"));
        Reasons().Should().Contain("B");
        Store.Flush();

        Store.Error.Should().BeNull();
        Reasons().Should().Equal("B");
    }

    [Fact]
    public void Random_damage_never_fails_anything_and_new_events_are_kept() =>
        Prop.ForAll<uint, byte[]>((where, bytes) =>
        {
            for (var i = 0; i < 50; i++)
            {
                Store.Append(Event($"R{i}", $"EdgeModule/m{i}"));
            }

            Store.BeginRevision("a", "a");
            Close();
            Overwrite(where, bytes);

            Reopen();
            Store.Append(Event("New"));
            Store.Flush();
            _ = (Store.Events(0, 100, null), Store.Events(0, 100, Web), Store.History(10), Store.BackOff);
            Store.Flush();
            return Reopen().Error is null && Reasons().Contains("New");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Fact]
    public void Damage_that_comes_while_the_database_is_open_costs_what_was_in_it_at_most()
    {
        for (var i = 0; i < 500; i++)
        {
            Store.Append(Event($"R{i}"));
        }

        Reopen();
        Overwrite(4096, [.. Enumerable.Repeat((byte)0xA5, (int)new FileInfo(Database).Length - 4096)]);

        // SQLite may still have every page in memory, and find out at the next start only.
        Store.Append(Event("During"));
        Store.Flush();
        Reopen();
        Store.Append(Event("After"));
        Store.Flush();

        Store.Error.Should().BeNull();
        Reopen();
        Reasons().Should().Contain("After");
    }

    [Fact]
    public void A_database_that_is_deleted_while_open_is_made_again()
    {
        Store.Append(Event("A"));
        Store.Flush();
        File.Delete(Database);

        Store.Append(Event("B"));
        Store.Flush();

        Store.Error.Should().BeNull();
        Reopen();
        Reasons().Should().Equal("B");
    }

    [Fact]
    public void A_locked_database_is_written_once_it_is_free()
    {
        using (var other = new SqliteConnection($"Data Source={Database};Pooling=False"))
        {
            other.Open();
            Run(other, "BEGIN IMMEDIATE");
            Store.Append(Event("A"));

            Store.Flush();

            Store.Error.Should().Contain("locked");
            Reasons().Should().Equal("A");
        }

        Store.Flush();

        Store.Error.Should().BeNull();
        Reopen();
        Reasons().Should().Equal("A");
    }

    [Fact]
    public void Without_a_usable_path_history_stays_in_memory_bounded_until_there_is_one()
    {
        Close();
        Directory.Delete(Folder, recursive: true);
        File.WriteAllText(Folder, "no folder");
        Reopen();
        Store.Error.Should().NotBeNull();

        var run = Store.BeginRevision("a", "a");
        Store.EndRevision(run, RevisionOutcome.Succeeded, null);
        for (var i = 0; i < StateStore.MaxUnwritten + 10; i++)
        {
            Store.Append(Event($"R{i}"));
        }

        Store.Flush();
        Store.Events(0, int.MaxValue, null).Should().HaveCount(StateStore.MaxUnwritten);
        Store.History(1).Should().ContainSingle().Which.Outcome.Should().Be(RevisionOutcome.Succeeded);

        File.Delete(Folder);
        Directory.CreateDirectory(Folder);
        Store.Flush();

        Store.Error.Should().BeNull();
        Reopen();
        Reasons().Should().HaveCount(StateStore.MaxUnwritten);
        Store.History(1).Should().ContainSingle();
    }

    private void Overwrite(uint where, byte[] bytes)
    {
        using var file = File.OpenWrite(Database);
        file.Position = where % (uint)file.Length;
        file.Write(bytes);
    }

    private void Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        Run(connection, sql);
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
