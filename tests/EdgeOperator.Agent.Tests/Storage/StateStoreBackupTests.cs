using EdgeOperator.Agent.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeOperator.Agent.Tests.Storage;

public sealed class StateStoreBackupTests : StoreFixture
{
    [Fact]
    public void What_was_copied_beside_a_running_agent_comes_back_when_another_version_has_migrated_the_database()
    {
        Store.Append(Event("Before"));
        Store.Flush();
        StateStore.BackUp(Folder);
        Store.Append(Event("After"));
        Close();
        Migrate();

        Reopen();

        Reasons().Should().Equal("Before");
        Store.Append(Event("Again"));
        Reopen();
        Reasons().Should().Equal("Before", "Again");
    }

    [Fact]
    public void A_database_that_can_be_read_is_used_as_it_is()
    {
        Store.Append(Event("Before"));
        Store.Flush();
        StateStore.BackUp(Folder);
        Store.Append(Event("After"));

        Reopen();

        Reasons().Should().Equal("Before", "After");
    }

    [Fact]
    public void A_copy_that_was_given_up_does_not_come_back()
    {
        Store.Append(Event("Before"));
        Store.Flush();
        StateStore.BackUp(Folder);
        StateStore.ForgetBackup(Folder);
        Close();
        Migrate();

        Reopen();

        Reasons().Should().BeEmpty();
    }

    [Fact]
    public void Only_the_agents_own_user_reads_the_copy()
    {
        Store.Append(Event("A"));
        Store.Flush();

        StateStore.BackUp(Folder);

        File.GetUnixFileMode(Path.Combine(Folder, "state.db.backup")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private void Migrate()
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version = 99";
        command.ExecuteNonQuery();
    }
}
