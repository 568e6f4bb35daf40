using System.Collections.Immutable;

namespace EdgeOperator.Agent.Sources;

/// <summary>Commits that Git sources are kept at for somebody else than their configuration: a twin, through its hub.</summary>
public sealed class SourcePins
{
    private readonly Lock _gate = new();
    private ImmutableDictionary<string, ImmutableSortedDictionary<string, string>> _pins = ImmutableDictionary<string, ImmutableSortedDictionary<string, string>>.Empty;
    private ImmutableArray<(string Source, Action Changed)> _watching = [];

    /// <summary>The commit that a source is kept at; null when it follows its own reference.</summary>
    public string? Of(string source) => Of(Volatile.Read(ref _pins), source);

    /// <summary>Says what one twin wants; sources for which that is something else are asked at once.</summary>
    /// <param name="twin">The twin's source.</param>
    /// <param name="commits">By the sources' names; in place of what it wanted before.</param>
    public void Set(string twin, ImmutableSortedDictionary<string, string> commits)
    {
        Action[] changed;
        lock (_gate)
        {
            var (before, after) = (_pins, _pins.SetItem(twin, commits));
            Volatile.Write(ref _pins, after);
            changed = [.. _watching.Where(w => Of(before, w.Source) != Of(after, w.Source)).Select(w => w.Changed)];
        }

        foreach (var notify in changed)
            notify();
    }

    /// <summary>Calls <paramref name="changed"/> whenever a source is to be kept at another commit. Runs until cancelled.</summary>
    public async Task WatchAsync(string source, Action changed, CancellationToken cancellation)
    {
        lock (_gate)
            _watching = _watching.Add((source, changed));
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        }
        finally
        {
            lock (_gate)
                _watching = _watching.Remove((source, changed));
        }
    }

    private static string? Of(ImmutableDictionary<string, ImmutableSortedDictionary<string, string>> pins, string source) =>
        pins.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => p.Value.GetValueOrDefault(source)).FirstOrDefault(commit => commit is not null);
}
