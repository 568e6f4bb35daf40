using System.Collections.Immutable;
using EdgeOperator.Core.Fleets;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Fleets;

/// <summary>A rollout as it was read or written last.</summary>
/// <param name="Told">What its last tick came to.</param>
internal sealed record KnownRollout(Rollout Rollout, string ETag, StoredRollout Told);

/// <summary>The rollout of each fleet, its devices, and those before it.</summary>
internal sealed class RolloutStore(IHubStore store)
{
    public const string Kind = "rollout";

    /// <summary>The label of those that wait for somebody.</summary>
    private const string Attention = "attention";

    private const string Past = "pastRollout";
    private const int PageSize = 2000;

    /// <summary>So many rollouts of a fleet are kept once others have taken their place.</summary>
    private const int MostPast = 20;

    public async Task<StoredRollout?> FindAsync(string fleet, CancellationToken cancellation) =>
        await store.FindDocumentAsync(Kind, fleet, cancellation) is { } document ? StoredRollout.Read(document.Json) : null;

    /// <summary>Those that wait for somebody, by the fleets' names.</summary>
    /// <param name="after">The last name that is known; empty for none.</param>
    /// <param name="rows">How many are read at once.</param>
    public IAsyncEnumerable<StoredRollout> NeedingAttentionAsync(string after, int rows, CancellationToken cancellation) =>
        store.AllDocumentsAsync(Kind, rows, cancellation, after, Attention).Select(document => StoredRollout.Read(document.Json));

    /// <summary>The fleet's rollout with its devices.</summary>
    /// <param name="known">What is known; read anew only when that has changed.</param>
    public async Task<KnownRollout?> LoadAsync(string fleet, KnownRollout? known, CancellationToken cancellation)
    {
        while (true)
        {
            if (await store.FindDocumentAsync(Kind, fleet, cancellation) is not { } document)
                return null;
            if (document.ETag == known?.ETag)
                return known;
            var devices = new List<KeyValuePair<string, RolloutDevice>>();
            await foreach (var device in DevicesAsync(fleet, null, null, "", cancellation))
                devices.Add(new(device.DeviceId, StoredRollout.ReadDevice(device.Json)));

            // Both are of one write only if nothing was written meanwhile.
            if (await store.FindDocumentAsync(Kind, fleet, cancellation) is not { } again || again.ETag != document.ETag)
                continue;
            var told = StoredRollout.Read(document.Json);
            return new(told.With(devices), document.ETag, told);
        }
    }

    public async IAsyncEnumerable<StoredRolloutDevice> DevicesAsync(string fleet, int? batch, DeviceState? state, string after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            var page = await store.ListRolloutDevicesAsync(fleet, batch, state is { } one ? [(int)one] : null, after, PageSize, cancellation);
            foreach (var device in page)
                yield return device;
            if (page.Count < PageSize)
                yield break;
            after = page[^1].DeviceId;
        }
    }

    /// <summary>Writes what a tick or an order has come to.</summary>
    /// <param name="before">What it was decided on; null when there must be none yet.</param>
    /// <param name="fence">Null for orders, which do not come from the leader.</param>
    /// <returns>Null when somebody else has written meanwhile, or leads now.</returns>
    public async Task<KnownRollout?> WriteAsync(Rollout rollout, StoredRollout told, KnownRollout? before, LeadershipTerm? fence, CancellationToken cancellation)
    {
        var devices = before?.Rollout.Devices ?? ImmutableDictionary<string, RolloutDevice>.Empty;
        var changed = new List<StoredRolloutDevice>();
        foreach (var (name, device) in rollout.Devices)
            if (!devices.TryGetValue(name, out var known) || (!ReferenceEquals(known, device) && known != device))
                changed.Add(new(name, device.Batch, (int)device.State, StoredRollout.Write(device)));
        var removed = devices.Keys.Where(name => !rollout.Devices.ContainsKey(name)).ToArray();
        var etag = Guid.NewGuid().ToString("N");
        return await store.WriteRolloutAsync(new(Kind, rollout.Fleet, etag, told.Write()) { Label = told.NeedsAttention ? Attention : null }, before?.ETag, changed, removed, fence, cancellation) ? new(rollout, etag, told) : null;
    }

    /// <summary>Notes a rollout that another one takes the place of.</summary>
    public async Task KeepAsync(StoredRollout rollout, CancellationToken cancellation)
    {
        await WriteAnyAsync(new(Past, PastId(rollout.Fleet, rollout.Number), "1", rollout.Write()), cancellation);
        await store.RemoveDocumentAsync(Past, PastId(rollout.Fleet, rollout.Number - MostPast), null, cancellation);
    }

    /// <summary>Those whose place others have taken, the newest first.</summary>
    public async Task<IReadOnlyList<StoredRollout>> PastAsync(string fleet, CancellationToken cancellation)
    {
        var all = await store.ListDocumentsAsync(Past, $"{fleet}/", MostPast + 1, cancellation);
        return [.. all.Where(d => d.Id.StartsWith($"{fleet}/", StringComparison.Ordinal)).Reverse().Select(d => StoredRollout.Read(d.Json))];
    }

    /// <summary>Forgets the rollouts of a fleet that is gone.</summary>
    public async Task RemoveAsync(string fleet, CancellationToken cancellation)
    {
        await store.RemoveDocumentAsync(Kind, fleet, null, cancellation);
        await store.RemoveRolloutDevicesAsync(fleet, cancellation);
        foreach (var past in await PastAsync(fleet, cancellation))
            await store.RemoveDocumentAsync(Past, PastId(fleet, past.Number), null, cancellation);
    }

    private static string PastId(string fleet, int number) => $"{fleet}/{number:D6}";

    private async Task WriteAnyAsync(Document document, CancellationToken cancellation)
    {
        if (!await store.WriteDocumentAsync(document, null, cancellation))
            await store.WriteDocumentAsync(document, "*", cancellation);
    }
}
