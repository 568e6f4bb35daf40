using Npgsql;
using static EdgeOperator.Hub.Storage.StoredRows;

namespace EdgeOperator.Hub.Storage.Postgres;

internal sealed partial class PostgresStore
{
    public Task<Document?> FindDocumentAsync(string kind, string id, CancellationToken cancellation) =>
        FirstAsync("SELECT id, etag, json, label FROM documents WHERE kind = $1 AND id = $2", reader => ReadDocument(kind, reader), cancellation, kind, id);

    public async Task<IReadOnlyList<Document>> ListDocumentsAsync(string kind, string after, int limit, CancellationToken cancellation) =>
        await QueryAsync("SELECT id, etag, json, label FROM documents WHERE kind = $1 AND id > $2 ORDER BY id LIMIT $3", reader => ReadDocument(kind, reader), cancellation, kind, after, limit);

    public async Task<IReadOnlyList<Document>> ListDocumentsAsync(string kind, string label, string after, int limit, CancellationToken cancellation) => await QueryAsync(
        "SELECT id, etag, json, label FROM documents WHERE kind = $1 AND label = $2 AND id > $3 ORDER BY id LIMIT $4", reader => ReadDocument(kind, reader), cancellation, kind, label, after, limit);

    public Task<long> CountDocumentsAsync(string kind, string label, CancellationToken cancellation) =>
        NumberAsync("SELECT count(*) FROM documents WHERE kind = $1 AND label = $2", cancellation, kind, label);

    public Task<bool> WriteDocumentAsync(Document document, string? expectedETag, CancellationToken cancellation) => WriteAsync(document, expectedETag, null, cancellation);

    public Task<bool> WriteDocumentAsync(Document document, string? expectedETag, LeadershipTerm fence, CancellationToken cancellation) => WriteAsync(document, expectedETag, fence, cancellation);

    public async Task<bool> RemoveDocumentAsync(string kind, string id, string? expectedETag, CancellationToken cancellation) =>
        await ExecuteAsync("DELETE FROM documents WHERE kind = $1 AND id = $2 AND ($3::text IS NULL OR etag = $3)", cancellation, kind, id, expectedETag) > 0;

    public Task AuditAsync(AuditEntry entry, CancellationToken cancellation) => ExecuteAsync(
        "INSERT INTO audit (at, actor, action, target, detail) VALUES ($1, $2, $3, $4, $5)", cancellation, Ticks(entry.At), entry.Actor, entry.Action, entry.Target, entry.Detail);

    public async Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(long after, int limit, CancellationToken cancellation) =>
        await QueryAsync($"{AuditEntries} WHERE seq > $1 ORDER BY seq LIMIT $2", ReadAuditEntry, cancellation, after, limit);

    public async Task<IReadOnlyList<AuditEntry>> ReadLatestAuditAsync(long before, int limit, CancellationToken cancellation) =>
        await QueryAsync($"{AuditEntries} WHERE seq < $1 ORDER BY seq DESC LIMIT $2", ReadAuditEntry, cancellation, before, limit);

    public Task<LeadershipTerm?> AcquireLeaseAsync(string name, string holder, TimeSpan duration, CancellationToken cancellation) => FirstAsync<LeadershipTerm?>(
        """
        INSERT INTO leases AS l (name, holder, term, until) VALUES ($1, $2, 1, clock_timestamp() + $3)
        ON CONFLICT (name) DO UPDATE SET holder = $2, term = CASE WHEN l.holder = $2 THEN l.term ELSE l.term + 1 END, until = clock_timestamp() + $3
        WHERE l.holder = $2 OR l.until < clock_timestamp()
        RETURNING term
        """,
        reader => new(name, reader.GetInt64(0)), cancellation, name, holder, duration);

    // Without a holder, so that even the same one gets a new term.
    public Task ReleaseLeaseAsync(string name, string holder, CancellationToken cancellation) =>
        ExecuteAsync("UPDATE leases SET holder = '', until = '-infinity' WHERE name = $1 AND holder = $2", cancellation, name, holder);

    // The lease's row is locked, so that nobody becomes the leader between the look at it and the write.
    private async Task<bool> WriteAsync(Document document, string? expectedETag, LeadershipTerm? fence, CancellationToken cancellation)
    {
        var values = new List<object?> { document.Kind, document.Id, document.ETag, document.Json, document.Label };
        if (expectedETag is not (null or "*"))
            values.Add(expectedETag);
        var (term, condition) = ("", "");
        if (fence is { } led)
        {
            term = $"WITH term AS (SELECT 1 FROM leases WHERE name = ${values.Count + 1} AND term = ${values.Count + 2} FOR SHARE) ";
            condition = " AND EXISTS (SELECT 1 FROM term)";
            values.AddRange([led.Lease, led.Number]);
        }

        return await ExecuteAsync(
            expectedETag switch
            {
                null => $"{term}INSERT INTO documents (kind, id, etag, json, label) SELECT $1, $2, $3, $4, $5 WHERE true{condition} ON CONFLICT DO NOTHING",
                "*" => $"{term}UPDATE documents SET etag = $3, json = $4, label = $5 WHERE kind = $1 AND id = $2{condition}",
                _ => $"{term}UPDATE documents SET etag = $3, json = $4, label = $5 WHERE kind = $1 AND id = $2 AND etag = $6{condition}",
            },
            cancellation, [.. values]) > 0;
    }

    private static Document ReadDocument(string kind, NpgsqlDataReader reader) =>
        new(kind, reader.GetString(0), reader.GetString(1), reader.GetString(2)) { Label = OptionalText(reader, 3) };
}
