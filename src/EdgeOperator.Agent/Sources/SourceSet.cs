using System.Collections.Immutable;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Sources;

/// <param name="reached">The source answered, whether or not it had something new.</param>
public delegate void FetchMeasured(string source, TimeSpan duration, bool reached);

/// <summary>
/// All configured sources: polls each at its own pace, stores what they deliver, and knows which revision that makes.
/// </summary>
public sealed partial class SourceSet
{
    private readonly ImmutableArray<TrackedSource> _sources;
    private readonly ImmutableArray<SourcePoller> _pollers;
    private readonly RevisionRecovery _recovery;
    private readonly RevisionStore _store;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private ImmutableArray<RevisionPart> _composed = [];
    private volatile RevisionStatus? _newest;
    private volatile Action<string> _changed = _ => { };

    /// <summary>Knows at once what earlier runs have stored; asks no source yet.</summary>
    /// <param name="sources">In the order of the configuration: later ones win.</param>
    public SourceSet(
        ImmutableArray<ISource> sources, RevisionStore store, FetchMeasured measured, TimeProvider time, Random random, ILogger<SourceSet> logger)
    {
        (_store, _logger) = (store, logger);
        _sources = [.. sources.Select(s => new TrackedSource(s, store, measured, time, logger))];
        _pollers = [.. _sources.Select(s => new SourcePoller(s.Source.Configuration.Interval, c => PollAsync(s, c), s.Schedule, time, random))];
        _recovery = new(_sources, store);
        Compose(by: null);
    }

    /// <summary>Why a revision that was asked for by <see cref="Recover"/> is not there; null when none is wanted.</summary>
    public string? Lost => _recovery.Problem;

    /// <summary>
    /// The revision that the sources make now, to be read with <see cref="RevisionStore.Load"/>; null until each of them has
    /// delivered once in its life, and when there are none. A failing source stays at what it delivered last.
    /// </summary>
    public RevisionStatus? Newest => _newest;

    public ImmutableArray<SourceStatus> Statuses => [.. _sources.Select(s => s.Status)];

    /// <summary>
    /// Polls until cancelled. Calls <paramref name="changed"/> with a few words of why when a source delivered something or
    /// turned from good to bad or back.
    /// </summary>
    public async Task RunAsync(Action<string> changed, CancellationToken cancellation)
    {
        _changed = changed;
        _store.RetainSources(_sources.Select(s => s.Name).ToHashSet());
        await Task.WhenAll(_sources.Zip(_pollers, (s, p) => Task.WhenAll(p.RunAsync(cancellation), WatchAsync(s, p, cancellation))));
    }

    /// <summary>
    /// Polls every source now, also without <see cref="RunAsync"/>; returns when polls that began after this call have ended.
    /// How they ended stands in <see cref="Statuses"/>.
    /// </summary>
    public Task PokeAsync(CancellationToken cancellation) => Task.WhenAll(_pollers.Select(p => p.PollAsync(cancellation)));

    /// <summary>The same, each source accepting once a signed commit that does not descend from the last verified one.</summary>
    /// <returns>The sources that went back by it, and from where to where.</returns>
    public async Task<ImmutableArray<(string Source, string Rewind)>> PokeAllowingRewindAsync(CancellationToken cancellation)
    {
        foreach (var source in _sources)
            source.AllowRewindOnce();

        await PokeAsync(cancellation);
        return [.. from source in _sources
                   let rewind = source.TakeRewind()
                   where rewind is not null
                   select (source.Name, rewind)];
    }

    /// <summary>Has the sources deliver again, beside whatever is newest, what is lost of a revision that they made once.</summary>
    /// <param name="revision">Its id; null when nothing is lost.</param>
    /// <param name="parts">What it was composed of; empty where that is not known.</param>
    public void Recover(string? revision, ImmutableArray<RevisionPart> parts)
    {
        if (!_recovery.Want(revision, parts))
            return;

        LogLost(revision!);
        foreach (var poller in _pollers)
            poller.Wake();
    }

    private async Task<bool> PollAsync(TrackedSource source, CancellationToken cancellation)
    {
        var result = await source.PollAsync(cancellation);
        var composed = Compose(source);
        if (await _recovery.TryAsync(source, cancellation))
        {
            LogRecovered();
            _changed("a revision that was lost is there again");
        }

        if (result.Fetched || result.Turned)
            _changed($"source {source.Name}: {(result.Fetched ? source.Newest?.Artifact.Display : source.Status.Ready.Reason)}");

        return result.Succeeded && composed;
    }

    // Looks at what is, not at what just happened: a revision that could not be stored is stored by a later poll.
    private bool Compose(TrackedSource? by)
    {
        lock (_gate)
        {
            var artifacts = _sources.Select(s => s.Newest?.Artifact).OfType<RevisionPart>().ToImmutableArray();
            var isComposed = artifacts.SequenceEqual(_composed) && _newest is { } newest && _store.Has(newest);
            if (artifacts.IsEmpty || artifacts.Length < _sources.Length || isComposed)
                return true;

            try
            {
                _newest = _store.Compose(artifacts);
                _composed = artifacts;
                return true;
            }
            catch (StorageException e)
            {
                LogNotComposed(e);
                by?.ReportStorage(e);
                return false;
            }
        }
    }

    private async Task WatchAsync(TrackedSource source, SourcePoller poller, CancellationToken cancellation)
    {
        try
        {
            await source.Source.WatchAsync(poller.Wake, cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogNotWatched(e, source.Name);
        }
    }
}
