using System.Runtime.CompilerServices;
using EdgeOperator.Functions.Hosting;
using EdgeOperator.Functions.Metrics;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Hosting;

public class IdleTrimTests
{
    private readonly HandClock _clock = new(DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task What_a_busy_time_left_is_given_back_when_it_is_over()
    {
        using var metrics = new FunctionMetrics(_clock);
        using var stop = new CancellationTokenSource();
        var trimming = new IdleTrim(metrics, _clock).RunAsync(stop.Token);
        metrics.Ended("hello", TimeSpan.Zero, null);
        var garbage = LargeGarbage();

        for (var i = 0; i < 2; i++)
        {
            await Eventually.TrueAsync("it waits", () => _clock.Waiting == 1);
            _clock.Advance(TimeSpan.FromSeconds(20));
        }

        await Eventually.TrueAsync("the garbage is gone", () => !garbage.IsAlive);
        await stop.CancelAsync();
        await trimming;
    }

    // Of a size that only a whole collection looks at, and out of reach of the test's own frame.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference LargeGarbage() => new(new byte[1024 * 1024]);
}
