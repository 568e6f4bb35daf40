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

        var ledger = AtGood.Commit(new("1", []), Given.Desired(guarded), keep: 5);
        ledger.Retained.Should().Equal(free.Id);
        ledger.Commit(new("2", []), Given.Desired(), keep: 5).Retained.Should().Equal(free.Id);
        ledger.Commit(new("2", []), Given.Desired(free), keep: 5).Retained.Should().BeEmpty();
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
        AtGood.Fail(new("r1", Given.Now, "Unhealthy", "")).Commit(new("r1", []), DesiredState.Empty, keep: 5).Failed.Should().BeEmpty();

    [Fact]
    public void Good_revisions_are_kept_by_number_whatever_failed_between_them()
    {
        var ledger = RevisionLedger.Empty;
        foreach (var good in (string[])["g1", "g2", "g3", "g4"])
        {
            ledger = ledger.Begin(good, Given.Now).Commit(new(good, []), DesiredState.Empty, keep: 3);
            ledger = ledger.Begin($"bad-{good}", Given.Now).Fail(new($"bad-{good}", Given.Now, "Unhealthy", ""));
        }

        ledger.Good.Select(good => good.Revision).Should().Equal("g4", "g3", "g2");
        ledger.Commit(new("g2", []), DesiredState.Empty, keep: 3).Good.Select(good => good.Revision).Should().Equal("g2", "g4", "g3");
    }

    [Fact]
    public void A_revision_remembers_the_images_that_it_ran()
    {
        var image = new PinnedImage(Given.ModuleId("web"), "host", "sha256:1", null);

        var ledger = RevisionLedger.Empty.Commit(new("1", [image]), DesiredState.Empty, keep: 3).Commit(new("2", []), DesiredState.Empty, keep: 3);

        ledger.ImagesOf("1").Should().Equal(image);
        ledger.ImagesOf("2").Should().BeEmpty();
        ledger.ImagesOf("3").Should().BeEmpty();
    }
}
