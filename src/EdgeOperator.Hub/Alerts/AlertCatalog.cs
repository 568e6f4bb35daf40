using EdgeOperator.Core.Alerts;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Alerts;

/// <param name="ETag">Null for one that is not stored yet.</param>
internal sealed record StoredAlert(AlertState State, string? ETag);

/// <summary>Alerts, as stored documents: a restart, and another leader, find what was told already.</summary>
internal sealed class AlertCatalog(IHubStore store)
{
    private const string Kind = "alert";
    private const int PageSize = 200;

    /// <summary>Those that last, and those that were over within a day.</summary>
    public async Task<IReadOnlyList<StoredAlert>> AllAsync(CancellationToken cancellation)
    {
        var all = new List<StoredAlert>();
        await foreach (var document in store.AllDocumentsAsync(Kind, PageSize, cancellation))
            all.Add(new(AlertState.Read(document.Json), document.ETag));
        return all;
    }

    /// <summary>Those of a status, by their keys.</summary>
    /// <param name="after">The last key that is known; empty for none.</param>
    /// <param name="rows">How many are read at once.</param>
    public IAsyncEnumerable<AlertState> AllAsync(AlertStatus status, string after, int rows, CancellationToken cancellation) =>
        store.AllDocumentsAsync(Kind, rows, cancellation, after, status.ToString()).Select(document => AlertState.Read(document.Json));

    /// <returns>Null when another leads now.</returns>
    public async Task<StoredAlert?> WriteAsync(AlertState state, StoredAlert? before, LeadershipTerm term, CancellationToken cancellation)
    {
        var document = new Document(Kind, state.Key, Guid.NewGuid().ToString("N"), state.Write()) { Label = state.Status.ToString() };
        return await store.WriteDocumentAsync(document, before?.ETag, term, cancellation) ? new(state, document.ETag) : null;
    }

    public Task RemoveAsync(StoredAlert alert, CancellationToken cancellation) => store.RemoveDocumentAsync(Kind, alert.State.Key, alert.ETag, cancellation);
}
