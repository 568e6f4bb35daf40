using System.Collections.Immutable;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Tests.Planning;

public class LedgerRecoveryTests
{
    private static readonly RevisionHistory NoHistory = new([], []);
    private static readonly FailedRevision Bad = new("bad", Given.Now, "Unhealthy", "web answers 500");

    [Fact]
    public void A_copy_of_the_lost_generation_is_taken_as_it_is()
    {
        var ledger = new RevisionLedger { LastGood = "good", Attempt = new("new", Given.Now, null, null, []) };

        Recover(lost: 7, NoHistory, new LedgerGeneration(7, ledger), new(6, new() { Suspended = true }))
            .Should().BeEquivalentTo(ledger with { Damage = "damaged" }, o => o.ComparingByMembers<RevisionLedger>());
    }

    [Fact]
    public void In_doubt_what_was_suspended_stays_suspended()
    {
        var camera = Given.ModuleId("cam");
        var ledger = Recover(lost: 8, NoHistory, new LedgerGeneration(7, new()), new(6, new() { Suspended = true, SuspendedResources = [camera] }));

        ledger.Suspended.Should().BeTrue();
        ledger.SuspendedResources.Should().Equal(camera);
    }

    [Fact]
    public void What_the_history_knows_as_bad_is_not_started()
    {
        var before = new RevisionLedger { LastGood = "good", Attempt = new("bad", Given.Now, null, null, []) };

        var ledger = Recover(lost: 8, new(["good"], [Bad]), new LedgerGeneration(7, before));

        ledger.Attempt.Should().BeNull();
        RevisionGate.Choose(ledger, "bad").Revision.Should().Be("good");
    }

    [Fact]
    public void What_was_good_last_is_the_last_good_revision()
    {
        Recover(lost: 8, new(["new", "good"], []), new LedgerGeneration(7, new() { LastGood = "good" })).LastGood.Should().Be("new");
        Recover(lost: null, new(["new", "good"], [])).LastGood.Should().Be("new");
        Recover(lost: 8, new(["older"], []), new LedgerGeneration(7, new() { LastGood = "good" })).LastGood.Should().Be("good", "a history that has not got it is older");
    }

    [Fact]
    public void A_failed_revision_with_nothing_to_go_back_to_is_not_tried_by_itself() =>
        Recover(lost: null, new([], [Bad])).Suspended.Should().BeTrue();

    [Fact]
    public void Nothing_at_all_is_a_new_device() =>
        Recover(lost: null, NoHistory).Should().BeEquivalentTo(RevisionLedger.Empty with { Damage = "damaged" }, o => o.ComparingByMembers<RevisionLedger>());

    private static RevisionLedger Recover(long? lost, RevisionHistory history, params ImmutableArray<LedgerGeneration> generations) =>
        LedgerRecovery.Recover(generations, lost, history, "damaged");
}
