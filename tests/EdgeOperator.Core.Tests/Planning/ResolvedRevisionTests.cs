using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Tests.Planning;

public class ResolvedRevisionTests
{
    private static readonly RevisionLedger AtGood = new() { LastGood = "good" };

    [Fact]
    public void The_newest_revision_is_chosen() => Choose(AtGood, "new").Should().Be("new Newest");

    [Fact]
    public void Before_anything_was_fetched_there_is_no_choice() => Choose(RevisionLedger.Empty, null).Should().Be(" NothingFetched");

    [Fact]
    public void While_no_source_answers_the_device_stays_where_it_was()
    {
        Choose(AtGood, null).Should().Be("good SourceUnknown");
        Choose(AtGood.Begin("new", Given.Now), null).Should().Be("new SourceUnknown");
    }

    [Fact]
    public void A_revision_that_failed_is_not_tried_again()
    {
        var failed = AtGood.Fail(new("bad", Given.Now, "Unhealthy", "web is unhealthy"));

        Choose(failed, "bad").Should().Be("good NewestFailed");
        Choose(failed, "fix").Should().Be("fix Newest");
        Choose(failed.Begin("fix", Given.Now).Commit(new("fix", []), DesiredState.Empty, keep: 5), "bad").Should().Be("fix NewestFailed");
    }

    [Fact]
    public void With_no_good_revision_even_a_failed_one_is_better_than_none() =>
        Choose(RevisionLedger.Empty.Fail(new("bad", Given.Now, "Unhealthy", "")), "bad").Should().Be("bad Newest");

    [Fact]
    public void What_an_operator_rolled_back_to_holds_until_the_source_moves()
    {
        var held = AtGood.PinAt(new("older", "new"));

        Choose(held, "new").Should().Be("older Held");
        Choose(held, null).Should().Be("older Held");
        Choose(held, "newer").Should().Be("newer Newest");
        Choose(held.Release(), "new").Should().Be("new Newest");
    }

    [Fact]
    public void A_commit_that_leaves_the_device_as_it_is_does_not_end_a_roll_back()
    {
        var held = AtGood.PinAt(new("older", "new") { InsteadFingerprint = "f1" });

        Choose(held, "readme", "f1").Should().Be("older Held");
        Choose(held, "invalid", null).Should().Be("older Held");
        Choose(held, "newer", "f2").Should().Be("newer Newest");
    }

    [Fact]
    public void A_hold_that_is_over_does_not_come_back()
    {
        var moved = RevisionGate.Choose(AtGood.PinAt(new("older", "new")), "newer").Ledger;

        Choose(moved, "new").Should().Be("new Newest");
    }

    [Fact]
    public void An_operator_may_go_back_to_a_revision_that_failed_and_it_gets_a_new_chance()
    {
        var held = AtGood.Fail(new("older", Given.Now, "Unhealthy", "")).PinAt(new("older", "new"));
        Choose(held, "new").Should().Be("older Held");

        var failedAgain = held.Begin("older", Given.Now).Fail(new("older", Given.Now, "Unhealthy", ""));
        Choose(failedAgain, "new").Should().Be("good NewestFailed");
    }

    private static string Choose(RevisionLedger ledger, string? newest, string? fingerprint = null)
    {
        var choice = RevisionGate.Choose(ledger, newest, fingerprint);
        return $"{choice.Revision} {choice.Reason}";
    }
}
