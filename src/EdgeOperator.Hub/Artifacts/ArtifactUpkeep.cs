using EdgeOperator.Core.Hub;
using EdgeOperator.Hub.Replicas;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Artifacts;

/// <summary>Removes artifacts that nothing has named for long enough. One replica does it for all.</summary>
internal sealed partial class ArtifactUpkeep(
    IArtifactStore artifacts, IEnumerable<IArtifactReferences> references, Leadership leadership, HubConfiguration configuration, TimeProvider time, ILogger<ArtifactUpkeep> log) : BackgroundService
{
    private const int PageSize = 500;

    private static readonly TimeSpan UploadsEndWithin = TimeSpan.FromDays(1);

    /// <summary>At least so often within the time for which unused artifacts are kept, so that its end is not missed by much.</summary>
    private TimeSpan Interval => TimeSpan.FromTicks(Math.Min(TimeSpan.FromHours(1).Ticks, configuration.Artifacts.KeepUnused.Ticks / 4));

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => leadership.RunAsync("artifacts", (_, ended) => RunAsync(ended), stoppingToken);

    /// <summary>Marks what is needed, and removes what has not been for long enough.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        await artifacts.RemoveUnfinishedAsync(now - UploadsEndWithin, cancellation);
        var stored = await ListAsync(cancellation);
        if (stored.Count == 0)
            return;
        var needed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var reference in references)
            await foreach (var hash in reference.ReadAsync(cancellation))
                needed.Add(hash);
        foreach (var artifact in stored)
        {
            if (needed.Contains(artifact.Hash))
                await artifacts.MarkUsedAsync(artifact.Hash, now, cancellation);
            else if (await artifacts.RemoveAsync(artifact.Hash, now - configuration.Artifacts.KeepUnused, cancellation))
                Removed(log, artifact.Hash, artifact.Used);
        }
    }

    private async Task RunAsync(CancellationToken ended)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await SweepAsync(ended);
            }
            catch (StoreException e)
            {
                NotRemoved(log, e);
            }
        }
        while (await timer.WaitForNextTickAsync(ended));
    }

    private async Task<List<StoredArtifact>> ListAsync(CancellationToken cancellation)
    {
        var all = new List<StoredArtifact>();
        while (true)
        {
            var page = await artifacts.ListAsync(all.Count == 0 ? "" : all[^1].Hash, PageSize, cancellation);
            all.AddRange(page);
            if (page.Count < PageSize)
                return all;
        }
    }
}
