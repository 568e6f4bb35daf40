using System.Collections.Concurrent;

namespace EdgeOperator.Agent.Clock;

/// <summary>
/// When something began that another clock (an engine's, a guest's) has timed: by our own, from when we first saw it. The other clock
/// only tells one run from another, and how old what was there before us may be.
/// </summary>
internal sealed class StartTimes(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Run> _runs = new(StringComparer.Ordinal);
    private DateTimeOffset? _lastLook;
    private long _look;

    /// <param name="id">What runs.</param>
    /// <param name="started">When its present run began, by the other clock.</param>
    public DateTimeOffset Of(string id, DateTimeOffset started)
    {
        var now = time.GetUtcNow();
        return _runs.AddOrUpdate(id, _ => new(started, First(started, now), _look), (_, known) => known.Started == started ? known : new(started, now, _look)).Since;
    }

    /// <summary>The number of the look at everything, from 0, that was the first to see the present run of <paramref name="id"/>.</summary>
    public long FirstLookAt(string id) => _runs.TryGetValue(id, out var run) ? run.Look : _look;

    /// <summary>Ends a look at everything: forgets what is not among <paramref name="ids"/>.</summary>
    public void EndLook(IEnumerable<string> ids)
    {
        var there = ids.ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _runs.Keys.Where(id => !there.Contains(id)))
            _runs.TryRemove(gone, out _);
        _lastLook = time.GetUtcNow();
        _look++;
    }

    // What was not there at the last look has begun since, whatever the other clock says.
    private DateTimeOffset First(DateTimeOffset started, DateTimeOffset now) =>
        started > now ? now : started < _lastLook ? _lastLook.Value : started;

    private sealed record Run(DateTimeOffset Started, DateTimeOffset Since, long Look);
}
