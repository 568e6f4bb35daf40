using System.Text.Json.Nodes;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Jobs;

/// <summary>The jobs, as stored documents; what they do with single devices is in rows of the store's own.</summary>
internal sealed class JobCatalog(IHubStore store)
{
    public const string Kind = "job";

    private const string Active = "active";
    private const string Over = "over";
    private const int PageSize = 500;

    public async Task<Job?> FindAsync(string id, CancellationToken cancellation) =>
        await store.FindDocumentAsync(Kind, id, cancellation) is { } document ? Read(document) : null;

    /// <param name="after">The last id that is known; empty for none.</param>
    /// <param name="rows">How many are read at once.</param>
    public IAsyncEnumerable<Job> AllAsync(string after, CancellationToken cancellation, int rows = PageSize) => store.AllDocumentsAsync(Kind, rows, cancellation, after).Select(Read);

    /// <summary>Jobs that are not over.</summary>
    public Task<long> CountActiveAsync(CancellationToken cancellation) => store.CountDocumentsAsync(Kind, Active, cancellation);

    /// <param name="before">Null when there must be none yet.</param>
    /// <returns>False when it has been changed since.</returns>
    public Task<bool> WriteAsync(Job job, Job? before, CancellationToken cancellation) => store.WriteDocumentAsync(
        new(Kind, job.Id, job.ETag, job.Body.ToJsonString()) { Label = job.IsOver ? Over : Active }, before?.ETag, cancellation);

    /// <summary>Forgets a job with all that it did.</summary>
    public async Task RemoveAsync(Job job, CancellationToken cancellation)
    {
        await store.RemoveDeviceJobsAsync(job.Id, cancellation);
        await store.RemoveDocumentAsync(Kind, job.Id, null, cancellation);
    }

    private static Job Read(Document document) => new(JsonNode.Parse(document.Json)!.AsObject(), document.ETag);
}
