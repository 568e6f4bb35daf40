using System.Collections.Concurrent;
using System.Net;

namespace EdgeOperator.Hub.Security;

/// <summary>
/// After five failed logins with a name an address has to wait with that name, twice as long with each further one, an hour at most; after
/// fifty with whatever names, with any. What failed before an hour without a failure counts no more. Nobody locks out a user who comes from another address.
/// </summary>
internal sealed class LoginThrottle(TimeProvider time)
{
    private const int FreeAttempts = 5;
    private const int FreeAttemptsOfAddress = 50;
    private const int MostEntries = 10_000;

    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>After the end of a wait. Else all who share an address would pay for years of mistyped passwords.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<(string? Name, string From), (int Failures, long Since, TimeSpan Wait)> _entries = new();

    public TimeSpan Remaining(string name, IPAddress? from)
    {
        var (own, all) = (Remaining((name, SourceAddress.Of(from))), Remaining((null, SourceAddress.Of(from))));
        return own > all ? own : all;
    }

    public void Failed(string name, IPAddress? from)
    {
        if (_entries.Count > MostEntries)
            _entries.Clear();
        Count((name, SourceAddress.Of(from)), FreeAttempts);
        Count((null, SourceAddress.Of(from)), FreeAttemptsOfAddress);
    }

    public void Succeeded(string name, IPAddress? from) => _entries.TryRemove((name, SourceAddress.Of(from)), out _);

    private TimeSpan Remaining((string?, string) key) =>
        _entries.TryGetValue(key, out var state) && state.Wait - time.GetElapsedTime(state.Since) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    private void Count((string?, string) key, int free) => _entries.AddOrUpdate(
        key,
        _ => (1, time.GetTimestamp(), TimeSpan.Zero),
        (_, state) =>
        {
            var failures = time.GetElapsedTime(state.Since) > state.Wait + Forgotten ? 1 : state.Failures + 1;
            return (failures, time.GetTimestamp(), failures < free ? TimeSpan.Zero : Delay(failures - free));
        });

    private static TimeSpan Delay(int beyond) => beyond > 10 ? Longest : TimeSpan.FromSeconds(5 * (1 << beyond)) is var delay && delay < Longest ? delay : Longest;
}
