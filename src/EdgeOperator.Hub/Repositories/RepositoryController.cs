using EdgeOperator.Core.Manifests;
using EdgeOperator.Hub.Events;
using EdgeOperator.Hub.Replicas;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Platform.Timing;

namespace EdgeOperator.Hub.Repositories;

/// <summary>Timing only: fetches each repository at its interval, and at once when somebody asks for it. One replica does it for all.</summary>
internal sealed partial class RepositoryController(
    IHubStore store, RepositoryCatalog catalog, RepositoryMirrors mirrors, RepositorySync sync, Leadership leadership, HubEvents events, TimeProvider time, ILogger<RepositoryController> log) : BackgroundService
{
    /// <summary>Fetches at once.</summary>
    private const int Parallelism = 4;

    /// <summary>For repositories that another replica has written.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2);

    private readonly WakeSignal _wake = new();
    private readonly Dictionary<string, Followed> _followed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SyncCause> _requested = new(StringComparer.Ordinal);

    /// <summary>Has a repository fetched at once, whichever replica does it.</summary>
    /// <param name="by">Who asks.</param>
    public void Request(string repository, string? by, string why, SyncCause cause = SyncCause.Request) =>
        events.Add(EventTypes.RepositoryRequested, null, $"repository {repository}: {why}", by, new() { ["repository"] = repository, ["cause"] = cause.ToString() });

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => leadership.RunAsync("repositories", LeadAsync, stoppingToken);

    private async Task LeadAsync(LeadershipTerm term, CancellationToken ended)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ended);
        _followed.Clear();
        var following = FollowAsync(both.Token);
        try
        {
            await RunAsync(term, both.Token);
        }
        finally
        {
            await both.CancelAsync();
            await following;
            await Task.WhenAll(_followed.Values.Select(one => one.Fetching));
        }
    }

    private async Task FollowAsync(CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            try
            {
                await foreach (var happened in events.FollowAsync(await store.LastEventAsync(ended), ended))
                    if (happened is { Type: EventTypes.RepositoryRequested } && (string?)happened.Data?["repository"] is { } repository)
                        Note(repository, Enum.TryParse<SyncCause>((string?)happened.Data["cause"], out var cause) ? cause : SyncCause.Request);
            }
            catch (StoreException)
            {
                await Task.WhenAny(Task.Delay(RetryDelay, time, ended));
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Note(string repository, SyncCause cause)
    {
        lock (_requested)
            _requested[repository] = cause;
        _wake.Set();
    }

    private async Task RunAsync(LeadershipTerm term, CancellationToken ended)
    {
        using var slots = new SemaphoreSlim(Parallelism);
        while (!ended.IsCancellationRequested)
        {
            var woken = _wake.Next();
            try
            {
                var names = new HashSet<string>(StringComparer.Ordinal);
                await foreach (var repository in catalog.AllAsync(ended))
                {
                    names.Add(repository.Name);
                    Look(repository, term, slots, ended);
                }

                mirrors.Retain(names);
            }
            catch (StoreException e)
            {
                CannotLook(log, e);
            }

            await Task.WhenAny(woken, Task.Delay(Pause(), time, ended));
        }
    }

    private void Look(StoredRepository repository, LeadershipTerm term, SemaphoreSlim slots, CancellationToken ended)
    {
        var followed = _followed.GetValueOrDefault(repository.Name);
        if (followed is { Fetching.IsCompleted: false })
            return;
        bool isRequested;
        SyncCause cause;
        lock (_requested)
            isRequested = _requested.Remove(repository.Name, out cause);
        if (followed is not null && followed.ETag == repository.ETag && !isRequested && time.GetTimestamp() < followed.Due)
            return;
        GitSourceConfiguration git;
        try
        {
            git = repository.Repository.Git;
        }
        catch (InvalidDataException e)
        {
            Failed(log, repository.Name, e);
            return;
        }

        _followed[repository.Name] = new(repository.ETag, time.GetTimestamp() + (long)(git.Interval.TotalSeconds * time.TimestampFrequency), FetchAsync(repository, isRequested ? cause : SyncCause.Poll, term, slots, ended));
    }

    private async Task FetchAsync(StoredRepository repository, SyncCause cause, LeadershipTerm term, SemaphoreSlim slots, CancellationToken ended)
    {
        await Task.Yield();
        try
        {
            await slots.WaitAsync(ended);
            try
            {
                await sync.SyncAsync(repository, mirrors, cause, term, ended);
            }
            finally
            {
                slots.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // The hub stops, or another replica does it.
        }
        catch (Exception e)
        {
            // One repository must not keep all others from being fetched.
            Failed(log, repository.Name, e);
        }

        _wake.Set();
    }

    private TimeSpan Pause()
    {
        var next = _followed.Values.Where(one => one.Fetching.IsCompleted).Select(one => one.Due).DefaultIfEmpty(long.MaxValue).Min();
        var left = next == long.MaxValue ? PollInterval : time.GetElapsedTime(time.GetTimestamp(), next);
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < PollInterval ? left : PollInterval;
    }

    /// <param name="Due">When it is fetched next, as a timestamp.</param>
    private sealed record Followed(string ETag, long Due, Task Fetching);
}
