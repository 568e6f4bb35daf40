using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Tests.Storage;

public sealed class StateStoreHistoryTests : StoreFixture
{
    [Fact]
    public void A_run_is_in_progress_until_it_ends()
    {
        var id = Store.BeginRevision("aaa", "main@aaa");
        Store.History(10).Should().ContainSingle().Which.Should().Match<HistoryRecord>(
            r => r.Id == id && r.Outcome == RevisionOutcome.InProgress && r.EndedAt == null && r.Display == "main@aaa");

        Store.EndRevision(id, RevisionOutcome.RolledBack, "HealthTimeout");

        Store.History(10).Should().ContainSingle().Which.Should().Match<HistoryRecord>(
            r => r.Outcome == RevisionOutcome.RolledBack && r.EndedAt != null && r.Reason == "HealthTimeout");
    }

    [Fact]
    public void A_run_can_be_ended_after_a_restart()
    {
        var id = Store.BeginRevision("aaa", "main@aaa");
        Reopen();

        Store.EndRevision(id, RevisionOutcome.Succeeded, null);
        Reopen();

        Store.History(10).Should().ContainSingle().Which.Outcome.Should().Be(RevisionOutcome.Succeeded);
    }

    [Fact]
    public void Runs_come_newest_first_and_no_more_than_asked_for()
    {
        Store.BeginRevision("a", "a");
        Store.BeginRevision("b", "b");
        Store.Flush();
        Store.BeginRevision("c", "c");

        Store.History(2).Select(r => r.Revision).Should().Equal("c", "b");
    }

    [Fact]
    public void Ending_a_run_that_was_lost_does_nothing()
    {
        Store.EndRevision(17, RevisionOutcome.Succeeded, null);

        Store.History(10).Should().BeEmpty();
    }

    [Fact]
    public void Back_off_survives_a_restart_and_what_was_cleared_stays_cleared()
    {
        var entries = new Dictionary<ResourceId, BackOff>
        {
            [Web] = new("hash", 3, DateTimeOffset.UnixEpoch.AddTicks(5), "PullFailed", "no route"),
            [new("ConfigFile", "motd")] = new("hash", 1, DateTimeOffset.UnixEpoch, "Refused", "no", Terminal: true) { PackageHash = "abc", Cause = BackOffCause.Restarted },
        }.ToImmutableDictionary();
        Store.BackOff = entries;
        Reopen().BackOff.Should().BeEquivalentTo(entries);

        Store.BackOff = Store.BackOff.Remove(Web);

        Reopen().BackOff.Should().BeEquivalentTo(entries.Remove(Web));
    }
}
