using EdgeOperator.Core.State;
using EdgeOperator.Core.Tests.Planning;

namespace EdgeOperator.Core.Tests.State;

public class RevisionLedgerTests
{
    private static readonly RevisionLedger AtGood = new() { LastGood = "good" };

    [Fact]
    public void A_newer_revision_replaces_the_attempt_at_once()
    {
        var ledger = AtGood.Begin("new", Given.Now).RecordFetched("app:1").MarkApplying(Given.Now).Begin("newer", Given.Now.AddSeconds(1));

        ledger.Attempt.Should().BeEquivalentTo(new Attempt("newer", Given.Now.AddSeconds(1), null, null, []));
    }

    [Fact]
    public void An_attempt_that_is_under_way_goes_on()
    {
        var ledger = AtGood.Begin("new", Given.Now).RecordFetched("app:1");

        ledger.Begin("new", Given.Now.AddHours(1)).Should().BeSameAs(ledger);
    }

    [Fact]
    public void Turning_to_the_last_good_revision_needs_no_attempt() =>
        AtGood.Begin("new", Given.Now).Begin("good", Given.Now).Attempt.Should().BeNull();

    [Fact]
    public void An_image_is_recorded_once() =>
        AtGood.Begin("new", Given.Now).RecordFetched("app:1").RecordFetched("app:1").Attempt!.Fetched.Should().Equal("app:1");

    [Fact]
    public void What_a_good_revision_protects_is_kept_in_mind_until_one_that_has_it_does_not()
    {
        var free = Given.Module("web");
        var guarded = free with { PruneDisabled = true };

        var ledger = AtGood.Commit("1", Given.Desired(guarded));
        ledger.Retained.Should().Equal(free.Id);
        ledger.Commit("2", Given.Desired()).Retained.Should().Equal(free.Id);
        ledger.Commit("2", Given.Desired(free)).Retained.Should().BeEmpty();
    }

    [Fact]
    public void The_deadline_counts_from_the_first_time_that_the_change_began() =>
        AtGood.Begin("new", Given.Now).MarkApplying(Given.Now).MarkApplying(Given.Now.AddHours(1)).Attempt!.ApplyingSince.Should().Be(Given.Now);

    [Fact]
    public void A_device_that_was_off_gets_its_deadline_again_but_not_for_ever()
    {
        var ledger = AtGood.Begin("new", Given.Now).MarkApplying(Given.Now);

        for (var hour = 1; hour <= 5; hour++)
            ledger = ledger.MarkInterrupted(Given.Now.AddHours(hour));

        ledger.Attempt!.ApplyingSince.Should().Be(Given.Now.AddHours(3));
    }

    [Fact]
    public void An_interruption_while_fetching_changes_nothing()
    {
        var ledger = AtGood.Begin("new", Given.Now);

        ledger.MarkInterrupted(Given.Now.AddHours(1)).Should().BeSameAs(ledger);
    }

    [Fact]
    public void Failures_are_remembered_once_each_newest_first_and_not_without_bound()
    {
        var ledger = AtGood;
        foreach (var revision in Enumerable.Range(0, 30).Append(25))
            ledger = ledger.Fail(new($"r{revision}", Given.Now, "Unhealthy", ""));

        ledger.Failed.Should().HaveCount(20).And.OnlyHaveUniqueItems(failed => failed.Revision);
        ledger.Failed.Take(3).Select(failed => failed.Revision).Should().Equal("r25", "r29", "r28");
    }

    [Fact]
    public void A_revision_that_turns_out_good_is_no_longer_a_failed_one() =>
        AtGood.Fail(new("r1", Given.Now, "Unhealthy", "")).Commit("r1", DesiredState.Empty).Failed.Should().BeEmpty();
}
