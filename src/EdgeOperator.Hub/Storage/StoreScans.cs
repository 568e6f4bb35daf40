using System.Runtime.CompilerServices;
using EdgeOperator.Core.Twins.Query;
using EdgeOperator.Hub.Identities;

namespace EdgeOperator.Hub.Storage;

/// <summary>Reads of everything, page by page.</summary>
internal static class StoreScans
{
    /// <summary>Twins of devices or of modules, in the order of their keys.</summary>
    /// <param name="candidates">Those alone that can satisfy a condition; null for all.</param>
    public static async IAsyncEnumerable<TwinRow> AllTwinsAsync(
        this IHubStore store, bool modules, int pageSize, [EnumeratorCancellation] CancellationToken cancellation, IdentityKey? after = null, TwinCandidates? candidates = null)
    {
        while (true)
        {
            var rows = candidates is null
                ? await store.ScanTwinsAsync(modules, after, pageSize, cancellation)
                : await store.ScanTwinsAsync(modules, candidates, after, pageSize, cancellation);
            foreach (var row in rows)
                yield return row;
            if (rows.Count < pageSize)
                yield break;
            after = rows[^1].Identity.Key;
        }
    }
}
