using EdgeOperator.Hub.Mqtt;

namespace EdgeOperator.Hub.Tests.Mqtt;

public sealed class LoginAdmissionTests
{
    private readonly HandTime _time = new();
    private readonly LoginAdmission _admission;

    public LoginAdmissionTests() => _admission = new(new(new()), _time);

    [Fact]
    public async Task Who_finds_no_place_gets_one_when_another_has_logged_in()
    {
        var places = await FillAsync();

        var waiting = _admission.EnterAsync("a", default);
        waiting.IsCompleted.Should().BeFalse();
        places[0].Dispose();

        (await waiting).Should().NotBeNull();
    }

    [Fact]
    public async Task Who_finds_none_in_time_is_told_so_and_takes_none_later()
    {
        var places = await FillAsync();

        var waiting = _admission.EnterAsync("a", default);
        _time.Elapse(LoginAdmission.LongestWait);

        (await waiting).Should().BeNull();
        places[0].Dispose();
        (await _admission.EnterAsync("a", default)).Should().NotBeNull();
    }

    [Fact]
    public async Task Who_has_gone_waits_no_more()
    {
        await FillAsync();
        using var gone = new CancellationTokenSource();

        var waiting = _admission.EnterAsync("a", gone.Token);
        await gone.CancelAsync();

        await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Sources_take_turns_so_that_one_that_comes_with_thousands_waits_for_itself()
    {
        var places = await FillAsync();
        var many = Enumerable.Range(0, 1000).Select(_ => _admission.EnterAsync("a", default)).ToArray();
        var one = _admission.EnterAsync("b", default);

        places[0].Dispose();
        places[1].Dispose();

        (await one).Should().NotBeNull();
        (await many[0]).Should().NotBeNull();
        many.Count(m => m.IsCompleted).Should().Be(1);
    }

    [Fact]
    public async Task Those_that_have_gone_take_no_turns_from_the_others()
    {
        var places = await FillAsync();
        using var gone = new CancellationTokenSource();
        var left = Enumerable.Range(0, 1000).Select(_ => _admission.EnterAsync("a", gone.Token)).ToArray();
        var stays = _admission.EnterAsync("a", default);
        await gone.CancelAsync();
        foreach (var waiting in left)
            await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<OperationCanceledException>();

        places[0].Dispose();

        (await stays).Should().NotBeNull();
    }

    [Fact]
    public async Task No_place_is_lost_or_given_twice_when_turns_come_while_those_who_wait_go()
    {
        var most = 0;
        var inside = 0;
        await Parallel.ForAsync(0, 20_000, new ParallelOptions { MaxDegreeOfParallelism = 200 }, async (i, c) =>
        {
            using var gone = CancellationTokenSource.CreateLinkedTokenSource(c);
            if (i % 3 == 0)
                gone.CancelAfter(TimeSpan.FromTicks(i % 1000));
            try
            {
                using var place = await _admission.EnterAsync($"{i % 7}", gone.Token);
                most = Math.Max(most, Interlocked.Increment(ref inside));
                await Task.Yield();
                Interlocked.Decrement(ref inside);
            }
            catch (OperationCanceledException)
            {
                // It has gone.
            }
        });

        most.Should().BeLessThanOrEqualTo(LoginAdmission.MostAtOnce);
        (await FillAsync()).Should().HaveCount(LoginAdmission.MostAtOnce, "all places are free again").And.NotContainNulls();
    }

    private async Task<List<IDisposable>> FillAsync()
    {
        var places = new List<IDisposable>();
        for (var i = 0; i < LoginAdmission.MostAtOnce; i++)
            places.Add((await _admission.EnterAsync("a", default))!);
        return places;
    }
}
