using System.Collections.Concurrent;

namespace EdgeOperator.Hub.Security;

/// <summary>After five failed logins a name has to wait, twice as long with each further one, an hour at most.</summary>
internal sealed class LoginThrottle(TimeProvider time)
{
    private const int FreeAttempts = 5;
    private const int MostNames = 10_000;

    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, (int Failures, long Since, TimeSpan Wait)> _names = new(StringComparer.Ordinal);

    public TimeSpan Remaining(string name) =>
        _names.TryGetValue(name, out var state) && state.Wait - time.GetElapsedTime(state.Since) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    public void Failed(string name)
    {
        if (_names.Count > MostNames)
            _names.Clear();
        _names.AddOrUpdate(
            name,
            _ => (1, 0, TimeSpan.Zero),
            (_, state) => (state.Failures + 1, time.GetTimestamp(), state.Failures + 1 < FreeAttempts ? TimeSpan.Zero : Delay(state.Failures + 1 - FreeAttempts)));
    }

    public void Succeeded(string name) => _names.TryRemove(name, out _);

    private static TimeSpan Delay(int beyond) => beyond > 10 ? Longest : TimeSpan.FromSeconds(5 * (1 << beyond)) is var delay && delay < Longest ? delay : Longest;
}
