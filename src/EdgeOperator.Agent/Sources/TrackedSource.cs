using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Sources;

/// <summary>One source, what it delivered last and how it fares.</summary>
internal sealed partial class TrackedSource
{
    private readonly ISource _source;
    private readonly RevisionStore _store;
    private readonly FetchMeasured _measured;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _origin;
    private volatile NewestArtifact? _newest;
    private readonly Lock _gate = new();
    private volatile SourceStatus _status;
    private volatile string? _rewind;
    private int _allowRewind;

    public TrackedSource(ISource source, RevisionStore store, FetchMeasured measured, TimeProvider time, ILogger logger)
    {
        (_source, _store, _measured, _time, _logger) = (source, store, measured, time, logger);
        _origin = OriginOf(source.Configuration.ToString());
        _newest = store.NewestOf(Name);
        _status = new(
            Name, source.Description.Kind, source.Description.Location, _newest?.Artifact.Id, _newest?.FetchedAt, CheckedAt: null,
            new(Condition.Ready, ConditionStatus.Unknown, "Pending", "not polled yet", time.GetUtcNow(), _newest?.Artifact.Id));
    }

    public string Name => _source.Configuration.Name;

    public ISource Source => _source;

    /// <summary>What the source delivered last, in this run or an earlier one.</summary>
    public NewestArtifact? Newest => _newest;

    public SourceStatus Status => _status;

    /// <summary>Has the next fetch, and only that, accept a signed commit that does not descend from the last verified one.</summary>
    public void AllowRewindOnce() => Interlocked.Exchange(ref _allowRewind, 1);

    /// <summary>From where to where the source went back because that was allowed; null when it did not since this was asked last.</summary>
    public string? TakeRewind() => Interlocked.Exchange(ref _rewind, null);

    /// <summary>Fetches, and stores what is new.</summary>
    public async Task<PollResult> PollAsync(CancellationToken cancellation)
    {
        var began = _time.GetTimestamp();
        var result = await FetchAsync(cancellation);
        _measured(Name, _time.GetElapsedTime(began), result is not FetchResult.Failed);
        if (result is FetchResult.Fetched fetched)
            result = Save(fetched);

        var before = _status.Ready;
        Report(result);
        var turned = before.Status != _status.Ready.Status || before.Reason != _status.Ready.Reason;
        if (turned)
            LogTurned(Name, _status.Ready.Status, _status.Ready.Reason, _status.Ready.Message);

        return new(result is not FetchResult.Failed, result is FetchResult.Fetched, turned);
    }

    /// <summary>Fetches once more what the source has delivered before; stores nothing. Not while the source is polled.</summary>
    public Task<FetchResult> FetchAgainAsync(string artifact, CancellationToken cancellation) => WithinTimeAsync((_, c) => _source.FetchAgainAsync(artifact, c), cancellation);

    /// <summary>What the source delivered is on the disk, yet what follows from it could not be stored.</summary>
    public void ReportStorage(StorageException error) =>
        Report(new FetchResult.Failed(StorageException.Reason, error.Message));

    /// <summary>Notes when the source will be polled next, unless something wakes it before.</summary>
    public void Schedule(TimeSpan delay)
    {
        lock (_gate)
            _status = _status with { NextPollAt = _time.GetUtcNow() + delay };
    }

    private void Report(FetchResult result)
    {
        lock (_gate)
            _status = StatusAfter(result);
    }

    private async Task<FetchResult> FetchAsync(CancellationToken cancellation)
    {
        // Asked afresh each time: a stored artifact that was found damaged is gone, and one fetched under other settings
        // (another folder, another set of keys) is no answer to these.
        var known = _newest is { } newest && newest.Origin == _origin && _store.Has(newest.Artifact) ? newest.Artifact.Id : null;
        return await WithinTimeAsync(
            (progressed, c) => _source.FetchAsync(new(known, Interlocked.Exchange(ref _allowRewind, 0) == 1, _newest is null ? _store.LastOf(Name) : null, progressed), c),
            cancellation);
    }

    private async Task<FetchResult> WithinTimeAsync(Func<Action, CancellationToken, Task<FetchResult>> fetch, CancellationToken cancellation)
    {
        var timeout = _source.Configuration.Timeout;
        using var deadline = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            return await fetch(() => deadline.CancelAfter(timeout), either.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return new FetchResult.Failed("TimedOut", $"not fetched within {timeout.TotalSeconds:0.#} s");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogUnexpected(e, Name);
            return new FetchResult.Failed("Unexpected", e.Message);
        }
    }

    private FetchResult Save(FetchResult.Fetched fetched)
    {
        try
        {
            _newest = _store.Save(fetched.Artifact, _origin, _time.GetUtcNow());
            LogFetched(Name, fetched.Artifact.Display, fetched.Artifact.Files.Length);
            if (fetched.Rewind is { } rewind)
            {
                _rewind = rewind;
                LogRewound(Name, rewind);
            }

            return fetched;
        }
        catch (StorageException e)
        {
            return new FetchResult.Failed(StorageException.Reason, e.Message);
        }
    }

    private SourceStatus StatusAfter(FetchResult result)
    {
        var now = _time.GetUtcNow();
        var (status, reason, message) = result is FetchResult.Failed failed
            ? (ConditionStatus.False, failed.Reason, failed.Message)
            : (ConditionStatus.True, "Fetched", $"at {_newest?.Artifact.Display}");
        var since = _status.Ready.Status == status ? _status.Ready.LastTransitionTime : now;
        return _status with
        {
            Revision = _newest?.Artifact.Id,
            FetchedAt = _newest?.FetchedAt,
            CheckedAt = status == ConditionStatus.True ? now : _status.CheckedAt,
            Ready = new(Condition.Ready, status, reason, message, since, _newest?.Artifact.Id),
        };
    }

    // Hashed, because settings may hold credentials.
    private static string OriginOf(string? settings) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(settings ?? "")))[..16];
}

/// <param name="Succeeded">The source was reached and what it has is stored.</param>
/// <param name="Fetched">Something was stored.</param>
/// <param name="Turned">The Ready condition changed its status or its reason.</param>
internal readonly record struct PollResult(bool Succeeded, bool Fetched, bool Turned);
