using System.Text;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Agent.Tests.Storage;

/// <summary>What an agent still knows after its files were damaged.</summary>
public sealed class LedgerStoreTests : StoreFixture
{
    private static readonly RevisionLedger RolledBack = new()
    {
        LastGood = "good",
        Good = [new("good", [])],
        Failed = [new("bad", DateTimeOffset.UnixEpoch, "Unhealthy", "web answers 500")],
    };

    public static TheoryData<string?> Damages => ["", "\0\0\0\0\0\0\0\0", "{\"lastGood\":\"go", "rubbish", "{}", null];

    private string Current => Path.Combine(Folder, "ledger.json");

    private string Previous => Path.Combine(Folder, "ledger.previous.json");

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_damaged_ledger_is_rebuilt_from_the_copy_in_the_database(string? damage)
    {
        Save(RolledBack, RolledBack with { Suspended = true });
        Damage(Current, damage);

        var reopened = Load();

        reopened.Initial.Should().BeEquivalentTo(RolledBack with { Suspended = true, Damage = reopened.Damage }, o => o.ComparingByMembers<RevisionLedger>());
        reopened.Damage.Should().Contain("nothing is lost");
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public void Without_the_database_the_generation_before_it_serves(string? damage)
    {
        Save(RolledBack, RolledBack with { Suspended = true });
        Damage(Current, damage);
        LoseDatabase();

        var reopened = Load();

        reopened.Initial.LastGood.Should().Be("good");
        reopened.Initial.Failed.Should().ContainSingle().Which.Revision.Should().Be("bad");
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public void With_both_files_damaged_the_copy_in_the_database_serves(string? damage)
    {
        Save(RolledBack, RolledBack with { Suspended = true });
        Damage(Current, damage);
        Damage(Previous, damage);

        Load().Initial.Suspended.Should().BeTrue();
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public void Without_any_copy_the_history_tells_what_was_good_and_what_was_not(string? damage)
    {
        Save(RolledBack);
        Damage(Current, damage);
        Damage(Previous, damage);
        Store.LedgerCopy = "not a ledger"u8.ToArray();
        Run("good", RevisionOutcome.Succeeded);
        Run("bad", RevisionOutcome.RolledBack);
        Reopen();

        var ledger = Load().Initial;

        ledger.LastGood.Should().Be("good");
        ledger.Failed.Should().ContainSingle().Which.Revision.Should().Be("bad");
        ledger.Damage.Should().NotBeNull();
    }

    [Fact]
    public void An_older_generation_in_the_place_of_the_newest_is_seen()
    {
        Save(RolledBack, RolledBack with { Suspended = true });
        File.Copy(Previous, Current, overwrite: true);

        var reopened = Load();

        reopened.Initial.Suspended.Should().BeTrue();
        reopened.Damage.Should().Contain("older");
    }

    [Fact]
    public void A_new_device_has_nothing_to_rebuild()
    {
        var store = Load();

        store.Damage.Should().BeNull();
        store.Initial.Should().BeEquivalentTo(RevisionLedger.Empty);
    }

    [Fact]
    public void A_new_database_gets_its_copy_again()
    {
        Save(RolledBack, RolledBack with { Suspended = true });
        LoseDatabase();

        Load().Damage.Should().BeNull();
        Reopen();

        Damage(Current, "rubbish");
        Damage(Previous, "rubbish");
        Load().Initial.Suspended.Should().BeTrue();
    }

    [Fact]
    public void An_agent_that_did_not_note_good_revisions_has_them_from_its_history()
    {
        Run("older", RevisionOutcome.Succeeded);
        Run("good", RevisionOutcome.Succeeded);
        File.WriteAllText(Current, """{"lastGood":"good","suspended":false}""");

        Load().Initial.Good.Select(good => good.Revision).Should().Equal("good", "older");
    }

    private LedgerStore Load() => new(new(Folder, NullLogger<LedgerFile>.Instance), Store, TimeProvider.System, boot: null);

    private void Save(params RevisionLedger[] ledgers)
    {
        var store = Load();
        foreach (var ledger in ledgers)
            store.Save(ledger);
        Reopen();
    }

    private void Run(string revision, RevisionOutcome outcome) => Store.EndRevision(Store.BeginRevision(revision, revision), outcome, "in words");

    private void LoseDatabase()
    {
        Close();
        foreach (var file in Directory.GetFiles(Folder, "state.db*"))
            File.Delete(file);
        Reopen();
    }

    private static void Damage(string file, string? content)
    {
        if (content is null)
            File.Delete(file);
        else
            File.WriteAllBytes(file, Encoding.UTF8.GetBytes(content));
    }
}
