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

    /// <summary>Documents of a kind, in the order of their ids.</summary>
    /// <param name="after">The last id that is known; empty for none.</param>
    /// <param name="label">Those alone that have it; null for all.</param>
    public static async IAsyncEnumerable<Document> AllDocumentsAsync(
        this IHubStore store, string kind, int pageSize, [EnumeratorCancellation] CancellationToken cancellation, string after = "", string? label = null)
    {
        while (true)
        {
            var page = label is null
                ? await store.ListDocumentsAsync(kind, after, pageSize, cancellation)
                : await store.ListDocumentsAsync(kind, label, after, pageSize, cancellation);
            foreach (var document in page)
                yield return document;
            if (page.Count < pageSize)
                yield break;
            after = page[^1].Id;
        }
    }
}
