using System.Collections.Immutable;
using EdgeOperator.Agent.Loop;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Tests.Loop;

public sealed class PassTests
{
    private static readonly DateTimeOffset End = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);

    [Fact]
    public void What_is_due_later_is_looked_at_then() =>
        Look(End.AddSeconds(1), null).At.Should().Be(End.AddSeconds(1));

    [Fact]
    public void What_fell_due_while_the_pass_ran_is_not_forgotten() =>
        Look(End.AddSeconds(-1), null).At.Should().Be(End.AddSeconds(-1));

    [Fact]
    public void A_back_off_that_was_over_before_the_pass_asks_for_nothing_more() =>
        Look(null, End.AddSeconds(-5)).At.Should().BeNull();

    [Fact]
    public void The_earliest_time_counts() =>
        Look(End.AddSeconds(7), End.AddSeconds(3)).At.Should().Be(End.AddSeconds(3));

    private static RequeueAfter Look(DateTimeOffset? verdict, DateTimeOffset? backOff)
    {
        var choice = new ResolvedRevision(RevisionLedger.Empty, null, "NothingFetched", "");
        var pass = new Pass(
            new(choice, null, null, IsLastGood: false), RevisionLedger.Empty, ObservedState.Nothing, Plan.Nothing, [], [], new Verdict.Wait(verdict), Duration);
        var entries = ImmutableDictionary<ResourceId, BackOff>.Empty;
        return pass.Requeue(backOff is { } due ? entries.Add(new("EdgeModule", "web"), new("", 1, due, "", "")) : entries, End);
    }
}
