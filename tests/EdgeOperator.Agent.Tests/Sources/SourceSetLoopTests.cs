using System.Threading.Channels;
using EdgeOperator.Agent.Sources;

namespace EdgeOperator.Agent.Tests.Sources;

public sealed class SourceSetLoopTests : SourceSetTest
{
    private readonly Channel<string> _changes = Channel.CreateUnbounded<string>();

    [Fact]
    public async Task The_loop_polls_at_once_and_says_what_came()
    {
        Base.Delivers("b1");
        await RunAsync(Start(Base), async () => (await NextAsync()).Should().Be("source base: base@b1"));
    }

    [Fact]
    public async Task The_loop_polls_again_after_the_interval()
    {
        Base = new("base", interval: TimeSpan.FromMilliseconds(5));
        Base.Delivers("b1");
        await RunAsync(Start(Base), async () =>
        {
            await NextAsync();
            Base.Delivers("b2");
            (await NextAsync()).Should().Be("source base: base@b2");
        });
    }

    [Fact]
    public async Task A_source_that_sees_a_change_is_polled_long_before_the_interval()
    {
        Base.Delivers("b1");
        await RunAsync(Start(Base), async () =>
        {
            await NextAsync();
            Base.Delivers("b2");
            (await Base.Watched.Task.WaitAsync(Deadline))();
            (await NextAsync()).Should().Be("source base: base@b2");
        });
    }

    [Fact]
    public async Task A_source_that_turns_bad_or_good_wakes_the_loop_and_one_that_stays_as_it_is_does_not()
    {
        Base.Delivers("b1");
        var set = Start(Base);
        await RunAsync(set, async () =>
        {
            await NextAsync();
            Base.Fails("Unreachable");
            await set.PokeAsync(Deadline);
            await set.PokeAsync(Deadline);
            (await NextAsync()).Should().Be("source base: Unreachable");
            Base.Answers(new FetchResult.Unchanged());
            await set.PokeAsync(Deadline);
            await set.PokeAsync(Deadline);
            (await NextAsync()).Should().Be("source base: Fetched");
            _changes.Reader.Count.Should().Be(0);
        });
    }

    [Fact]
    public async Task A_poke_during_a_poll_brings_another_poll_and_pokes_that_wait_share_it()
    {
        var polling = new SemaphoreSlim(0);
        var finish = new SemaphoreSlim(0);
        Base.Answer = async (_, c) =>
        {
            polling.Release();
            await finish.WaitAsync(c);
            return new FetchResult.Unchanged();
        };
        var set = Start(Base);
        var first = set.PokeAsync(Deadline);
        await polling.WaitAsync(Deadline);

        var others = Enumerable.Range(0, 5).Select(_ => set.PokeAsync(Deadline)).ToArray();
        finish.Release(10);
        await Task.WhenAll([first, .. others]);

        Base.Asked.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_poke_goes_on_when_the_one_before_it_is_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        var polling = new SemaphoreSlim(0);
        Base.Answer = async (_, c) =>
        {
            polling.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, c);
            return new FetchResult.Unchanged();
        };
        var set = Start(Base);
        var first = set.PokeAsync(cancelled.Token);
        await polling.WaitAsync(Deadline);
        var second = set.PokeAsync(Deadline);
        Base.Delivers("b1");

        await cancelled.CancelAsync();
        await second;

        await first.Invoking(f => f).Should().ThrowAsync<OperationCanceledException>();
        set.Newest!.Id.Should().Be("b1");
    }

    private async Task<string> NextAsync() => await _changes.Reader.ReadAsync(Deadline);

    private async Task RunAsync(SourceSet set, Func<Task> body)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Deadline);
        var running = set.RunAsync(c => _changes.Writer.TryWrite(c), stop.Token);
        await body();
        await stop.CancelAsync();
        await running.Invoking(r => r).Should().ThrowAsync<OperationCanceledException>();
    }
}
