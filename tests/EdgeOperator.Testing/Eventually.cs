using System.Diagnostics;

namespace EdgeOperator.Testing;

/// <summary>Waits for what is to become true, and says what stood in the way when it does not.</summary>
public static class Eventually
{
    /// <summary>Generous: a deadline is there to end a broken test, not to measure.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    /// <summary>For what takes several of the device's passes, the start of a process or the engine's help.</summary>
    public static readonly TimeSpan Slow = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs <paramref name="assertion"/> until it does not throw.</summary>
    /// <exception cref="TimeoutException">It never came true; the last failure is inside.</exception>
    public static Task SucceedsAsync(Action assertion, TimeSpan? within = null) => SucceedsAsync(
        () =>
        {
            assertion();
            return Task.CompletedTask;
        },
        within);

    /// <inheritdoc cref="SucceedsAsync(Action, TimeSpan?)"/>
    public static Task SucceedsAsync(Func<Task> assertion, TimeSpan? within = null) => GetAsync(
        async () =>
        {
            await assertion();
            return true;
        },
        within);

    /// <summary>Runs <paramref name="condition"/> until it holds.</summary>
    /// <param name="what">What is waited for, in words.</param>
    public static Task TrueAsync(string what, Func<Task<bool>> condition, TimeSpan? within = null) => SucceedsAsync(
        async () =>
        {
            if (!await condition())
            {
                throw new InvalidOperationException($"not yet: {what}");
            }
        },
        within);

    /// <inheritdoc cref="TrueAsync(string, Func{Task{bool}}, TimeSpan?)"/>
    public static Task TrueAsync(string what, Func<bool> condition, TimeSpan? within = null) =>
        TrueAsync(what, () => Task.FromResult(condition()), within);

    /// <summary>Runs <paramref name="attempt"/> until it returns without throwing.</summary>
    /// <exception cref="TimeoutException">It never did; the last failure is inside.</exception>
    public static async Task<T> GetAsync<T>(Func<Task<T>> attempt, TimeSpan? within = null)
    {
        var limit = within ?? Deadline;
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await attempt();
            }
            catch (Exception e) when (clock.Elapsed < limit)
            {
                _ = e;
                await Task.Delay(Pause, TimeProvider.System);
            }
            catch (Exception e)
            {
                throw new TimeoutException($"Not within {limit.TotalSeconds:0.#} s: {e.Message}", e);
            }
        }
    }
}
