using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Tests.Invoking;

public sealed class InFlightCounterTests
{
    private readonly InFlightCounter _counter = new();

    [Fact]
    public void It_counts_what_is_in_flight()
    {
        _counter.TryAcquire().Should().BeTrue();
        _counter.TryAcquire().Should().BeTrue();
        _counter.Count.Should().Be(2);

        _counter.Release();

        _counter.Count.Should().Be(1);
        _counter.Drained.IsCompleted.Should().BeFalse();
    }

    [Fact]
    public void It_is_drained_at_once_where_nothing_is_in_flight()
    {
        _counter.Drain();

        _counter.Drained.IsCompleted.Should().BeTrue();
        _counter.TryAcquire().Should().BeFalse();
        _counter.Count.Should().Be(0);
    }

    [Fact]
    public void While_it_drains_nothing_is_admitted_and_it_ends_with_the_last()
    {
        _counter.TryAcquire();
        _counter.TryAcquire();
        _counter.Drain();
        _counter.Drain();

        _counter.TryAcquire().Should().BeFalse();
        _counter.Count.Should().Be(2);
        _counter.Release();
        _counter.Drained.IsCompleted.Should().BeFalse();
        _counter.Release();
        _counter.Drained.IsCompleted.Should().BeTrue();
    }

    [Fact]
    public async Task Nothing_is_admitted_after_it_has_drained_whoever_races()
    {
        for (var round = 0; round < 200; round++)
        {
            var counter = new InFlightCounter();
            var late = 0;
            var users = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                for (var n = 0; n < 50 && counter.TryAcquire(); n++)
                {
                    if (counter.Drained.IsCompleted)
                        Interlocked.Increment(ref late);
                    counter.Release();
                }
            })).ToArray();
            counter.Drain();
            await Task.WhenAll(users);
            await counter.Drained.WaitAsync(TimeSpan.FromMinutes(1));

            late.Should().Be(0);
            counter.Count.Should().Be(0);
        }
    }
}
