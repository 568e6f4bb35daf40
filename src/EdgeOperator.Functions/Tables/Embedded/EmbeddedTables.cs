using System.Text.Json.Nodes;
using EdgeOperator.Functions.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeOperator.Functions.Tables.Embedded;

/// <summary>The tables of an app's own, in <c>host.db</c>.</summary>
public sealed class EmbeddedTables(HostDatabase database, TimeProvider time) : ITableStore
{
    private const int PageSize = 500;

    /// <summary>Bytes of an entity's properties, and of all that one query gives.</summary>
    private const int LargestEntity = 1024 * 1024;
    private const int LargestResult = 100 * 1024 * 1024;

    async Task<JsonObject?> ITableStore.FindAsync(string table, EntityKey key, CancellationToken cancellation)
    {
        var (partition, row) = key;
        var found = await database.DoAsync(
            d => d.Query("SELECT partition, row, properties, modified FROM entities WHERE name = $1 AND partition = $2 AND row = $3", Read, table, partition, row), cancellation);
        return found.Count == 0 ? null : Entity(found[0]);
    }

    async Task<JsonArray> ITableStore.QueryAsync(string table, string? partition, string? filter, int most, CancellationToken cancellation)
    {
        var parsed = filter is null ? null : TableFilter.Parse(filter);
        var (entities, size) = (new JsonArray(), 0L);
        for (var after = (Partition: partition ?? "", Row: ""); ;)
        {
            var (from, only, isFirst) = (after, partition, entities.Count == 0 && after.Row.Length == 0);
            var page = await database.DoAsync(
                d => d.Query(
                    $"""
                    SELECT partition, row, properties, modified FROM entities
                    WHERE name = $1 AND ($2 IS NULL OR partition = $2) AND ((partition, row) > ($3, $4) OR ($5 AND (partition, row) = ($3, $4)))
                    ORDER BY partition, row LIMIT {PageSize}
                    """,
                    Read, table, only, from.Partition, from.Row, isFirst ? 1L : 0L),
                cancellation);
            foreach (var row in page)
            {
                if (parsed is not null && !parsed.Matches(WithTime(row)))
                    continue;
                size += row.Properties.Length;
                if (size > LargestResult)
                    throw new IOException($"The entities of the table {table} that the input asks for have more than {LargestResult} characters: narrow its filter, or set take");
                entities.Add((JsonNode)Entity(row));
                if (entities.Count == most)
                    return entities;
            }

            if (page.Count < PageSize)
                return entities;
            after = (page[^1].Key.Partition, page[^1].Key.Row);
        }
    }

    Task ITableStore.WriteAsync(string table, IReadOnlyList<TableRow> rows, CancellationToken cancellation)
    {
        var now = time.GetUtcNow().UtcTicks;
        return database.DoAsync(
            d =>
            {
                foreach (var row in rows)
                    Write(d, table, row, now);
                return true;
            },
            cancellation);
    }

    private static void Write(HostDatabase database, string table, TableRow row, long now)
    {
        var ((partition, key), properties) = (row.Key, row.Properties.ToJsonString());
        if (properties.Length > LargestEntity)
            throw new IOException($"An entity of the table {table} has {properties.Length} characters, and may have {LargestEntity}");
        if (row.ETag is { } etag && etag != "*")
            throw new IOException($"The device's own tables have no ETags ({etag}): * replaces an entity");
        var changed = database.Execute(
            row.ETag is null
                ? "INSERT OR IGNORE INTO entities (name, partition, row, properties, modified) VALUES ($1, $2, $3, $4, $5)"
                : "INSERT OR REPLACE INTO entities (name, partition, row, properties, modified) VALUES ($1, $2, $3, $4, $5)",
            table, partition, key, properties, now);
        if (changed == 0)
            throw new IOException($"The table {table} has an entity {partition}/{key} already (EntityAlreadyExists): an entity with the ETag * replaces it");
    }

    private static Row Read(SqliteDataReader row) => new(new(row.GetString(0), row.GetString(1)), row.GetString(2), row.GetInt64(3));

    private static JsonObject Entity(Row row) => EntityJson.Of(row.Key, JsonNode.Parse(row.Properties)!.AsObject());

    private static JsonObject WithTime(Row row)
    {
        var entity = Entity(row);
        entity["Timestamp"] = EntityJson.Text(new(row.Modified, TimeSpan.Zero));
        return entity;
    }

    private sealed record Row(EntityKey Key, string Properties, long Modified);
}
