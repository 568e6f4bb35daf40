using Microsoft.Data.Sqlite;
using static EdgeOperator.Hub.Storage.StoredRows;

namespace EdgeOperator.Hub.Storage.Sqlite;

internal sealed partial class SqliteStore
{
    public Task<Document?> FindDocumentAsync(string kind, string id, CancellationToken cancellation) => ReadAsync(
        session => session.Query("SELECT id, etag, json, label FROM documents WHERE kind = $1 AND id = $2", reader => ReadDocument(kind, reader), kind, id).FirstOrDefault(),
        cancellation);

    public Task<IReadOnlyList<Document>> ListDocumentsAsync(string kind, string after, int limit, CancellationToken cancellation) => ReadAsync<IReadOnlyList<Document>>(
        session => session.Query("SELECT id, etag, json, label FROM documents WHERE kind = $1 AND id > $2 ORDER BY id LIMIT $3", reader => ReadDocument(kind, reader), kind, after, limit),
        cancellation);

    public Task<IReadOnlyList<Document>> ListDocumentsAsync(string kind, string label, string after, int limit, CancellationToken cancellation) => ReadAsync<IReadOnlyList<Document>>(
        session => session.Query("SELECT id, etag, json, label FROM documents WHERE kind = $1 AND label = $2 AND id > $3 ORDER BY id LIMIT $4", reader => ReadDocument(kind, reader), kind, label, after, limit),
        cancellation);

    public Task<long> CountDocumentsAsync(string kind, string label, CancellationToken cancellation) =>
        ReadAsync(session => session.Number("SELECT COUNT(*) FROM documents WHERE kind = $1 AND label = $2", kind, label), cancellation);

    public Task<bool> WriteDocumentAsync(Document document, string? expectedETag, CancellationToken cancellation) =>
        WriteAsync(session => Write(session, document, expectedETag), cancellation);

    public Task<bool> WriteDocumentAsync(Document document, string? expectedETag, LeadershipTerm fence, CancellationToken cancellation) => WriteAsync(
        session => session.Number("SELECT COUNT(*) FROM leases WHERE name = $1 AND term = $2", fence.Lease, fence.Number) > 0 && Write(session, document, expectedETag),
        cancellation);

    public Task<bool> RemoveDocumentAsync(string kind, string id, string? expectedETag, CancellationToken cancellation) => WriteAsync(
        session => session.Execute("DELETE FROM documents WHERE kind = $1 AND id = $2 AND ($3 IS NULL OR etag = $3)", kind, id, expectedETag) > 0,
        cancellation);

    public Task AuditAsync(AuditEntry entry, CancellationToken cancellation) => WriteAsync(
        session => session.Execute("INSERT INTO audit (at, actor, action, target, detail) VALUES ($1, $2, $3, $4, $5)", Ticks(entry.At), entry.Actor, entry.Action, entry.Target, entry.Detail),
        cancellation);

    public Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(long after, int limit, CancellationToken cancellation) => ReadAsync<IReadOnlyList<AuditEntry>>(
        session => session.Query($"{AuditEntries} WHERE seq > $1 ORDER BY seq LIMIT $2", ReadAuditEntry, after, limit), cancellation);

    public Task<IReadOnlyList<AuditEntry>> ReadLatestAuditAsync(long before, int limit, CancellationToken cancellation) => ReadAsync<IReadOnlyList<AuditEntry>>(
        session => session.Query($"{AuditEntries} WHERE seq < $1 ORDER BY seq DESC LIMIT $2", ReadAuditEntry, before, limit), cancellation);

    private static bool Write(SqliteSession session, Document document, string? expectedETag) => session.Execute(
        expectedETag switch
        {
            null => "INSERT INTO documents (kind, id, etag, json, label) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            "*" => "UPDATE documents SET etag = $3, json = $4, label = $5 WHERE kind = $1 AND id = $2",
            _ => "UPDATE documents SET etag = $3, json = $4, label = $5 WHERE kind = $1 AND id = $2 AND etag = $6",
        },
        expectedETag is null or "*"
            ? [document.Kind, document.Id, document.ETag, document.Json, document.Label]
            : [document.Kind, document.Id, document.ETag, document.Json, document.Label, expectedETag]) > 0;

    private static Document ReadDocument(string kind, SqliteDataReader reader) =>
        new(kind, reader.GetString(0), reader.GetString(1), reader.GetString(2)) { Label = OptionalText(reader, 3) };
}
