using EdgeOperator.Agent.Sources;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Tests.Sources;

public sealed class SourceSetStatusTests : SourceSetTest
{
    private static readonly DateTimeOffset Later = DateTimeOffset.UnixEpoch.AddHours(1);
    private static readonly DateTimeOffset LaterStill = DateTimeOffset.UnixEpoch.AddHours(2);

    [Fact]
    public void A_source_that_was_not_polled_yet_is_neither_good_nor_bad()
    {
        var status = Start(Base).Statuses.Should().ContainSingle().Subject;

        status.Should().Match<Core.Protocol.SourceStatus>(s => s.Name == "base" && s.Kind == "scripted" && s.Location == "nowhere");
        status.Ready.Status.Should().Be(ConditionStatus.Unknown);
        status.CheckedAt.Should().BeNull();
    }

    [Fact]
    public async Task A_source_that_delivered_is_Ready_since_then()
    {
        Base.Delivers("b1");
        var set = Start(Base);
        Clock.Now = Later;

        var status = await PolledAsync(set);

        status.Ready.Should().Be(new Condition("Ready", ConditionStatus.True, "Fetched", "at base@b1", Later, "b1"));
        status.FetchedAt.Should().Be(Later);
        status.CheckedAt.Should().Be(Later);
    }

    [Fact]
    public async Task Another_good_poll_moves_the_check_and_not_the_transition()
    {
        Base.Delivers("b1");
        var set = Start(Base);
        Clock.Now = Later;
        await PolledAsync(set);
        Clock.Now = LaterStill;

        var status = await PolledAsync(set);

        status.Ready.LastTransitionTime.Should().Be(Later);
        status.FetchedAt.Should().Be(Later);
        status.CheckedAt.Should().Be(LaterStill);
    }

    [Fact]
    public async Task A_failure_says_why_and_since_when_and_keeps_the_last_good_check()
    {
        Base.Delivers("b1");
        var set = Start(Base);
        await PolledAsync(set);
        Base.Fails("Unreachable");
        Clock.Now = Later;
        await PolledAsync(set);
        Base.Fails("TimedOut");
        Clock.Now = LaterStill;

        var status = await PolledAsync(set);

        status.Ready.Should().Be(new Condition("Ready", ConditionStatus.False, "TimedOut", "it is TimedOut", Later, "b1"));
        status.CheckedAt.Should().Be(DateTimeOffset.UnixEpoch);
    }

    [Fact]
    public async Task A_source_that_does_not_answer_in_time_is_given_up()
    {
        var slow = new ScriptedSource("slow", timeout: TimeSpan.FromMilliseconds(20));
        slow.Answer = async (_, c) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, c);
            return new FetchResult.Unchanged();
        };

        (await PolledAsync(Start(slow))).Ready.Reason.Should().Be("TimedOut");
    }

    [Fact]
    public async Task A_fault_in_one_source_is_a_failure_of_that_source_alone()
    {
        Base.Answer = (_, _) => throw new InvalidOperationException("a bug");
        Site.Delivers("s1");
        var set = Start(Base, Site);

        (await PolledAsync(set)).Ready.Should().Match<Condition>(c => c.Reason == "Unexpected" && c.Message == "a bug");
        set.Statuses[1].Ready.Status.Should().Be(ConditionStatus.True);
    }

    [Fact]
    public async Task Every_fetch_is_measured()
    {
        Base.Delivers("b1");
        var set = Start(Base);
        await set.PokeAsync(Deadline);
        Base.Fails("Unreachable");
        await set.PokeAsync(Deadline);

        Measured.Should().Equal(("base", true), ("base", false));
    }

    [Fact]
    public async Task A_cancelled_poke_is_no_failure_of_the_source()
    {
        Base.Answer = async (_, c) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, c);
            return new FetchResult.Unchanged();
        };
        var set = Start(Base);
        using var cancelled = new CancellationTokenSource();
        var poke = set.PokeAsync(cancelled.Token);
        await cancelled.CancelAsync();

        await poke.Invoking(p => p).Should().ThrowAsync<OperationCanceledException>();
        set.Statuses[0].Ready.Status.Should().Be(ConditionStatus.Unknown);
    }
}
