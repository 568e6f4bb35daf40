using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using EdgeOperator.Functions.Storage;

namespace EdgeOperator.Functions.Tables.Azure;

/// <summary>The tables of a storage account.</summary>
internal sealed class AzureTableStore : ITableStore
{
    /// <summary>Entities of one partition that are written together; the service's limit.</summary>
    private const int MostAtOnce = 100;

    private readonly TableServiceClient _client;
    private readonly string _id;

    // The SDK makes entities by reflection.
    /// <exception cref="FormatException">The connection string can't be used; the message does not repeat it.</exception>
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(TableEntity))]
    public AzureTableStore(string connection)
    {
        var options = new TableClientOptions { Retry = { MaxRetries = 2, Delay = TimeSpan.FromMilliseconds(200), NetworkTimeout = TimeSpan.FromSeconds(100) } };
        (_client, _id) = StorageCalls.Client("Table", connection, text => new TableServiceClient(text, options), client => client.Uri);
    }

    /// <summary>Connects to nothing.</summary>
    /// <inheritdoc cref="AzureTableStore(string)" path="/exception"/>
    public static void Check(string connection) => _ = new AzureTableStore(connection);

    public Task<JsonObject?> FindAsync(string table, EntityKey key, CancellationToken cancellation) => CallAsync(table, async () =>
    {
        var found = await _client.GetTableClient(table).GetEntityIfExistsAsync<TableEntity>(key.Partition, key.Row, cancellationToken: cancellation);
        return found.HasValue ? Json(found.Value!) : null;
    });

    public Task<JsonArray> QueryAsync(string table, string? partition, string? filter, int most, CancellationToken cancellation) => CallAsync(table, async () =>
    {
        var inPartition = partition is null ? null : $"PartitionKey eq '{partition.Replace("'", "''", StringComparison.Ordinal)}'";
        var both = (inPartition, filter) is ({ } one, { } other) ? $"{one} and ({other})" : inPartition ?? filter;
        var entities = new JsonArray();
        try
        {
            await foreach (var entity in _client.GetTableClient(table).QueryAsync<TableEntity>(both, most is > 0 and < 1000 ? most : null, cancellationToken: cancellation))
            {
                entities.Add((JsonNode)Json(entity));
                if (entities.Count == most)
                    break;
            }
        }
        catch (RequestFailedException e) when (e.ErrorCode == TableErrorCode.TableNotFound)
        {
            // As empty as a table without entities.
        }

        return entities;
    });

    public Task WriteAsync(string table, IReadOnlyList<TableRow> rows, CancellationToken cancellation) => CallAsync(table, async () =>
    {
        var client = _client.GetTableClient(table);
        foreach (var actions in Batches(rows))
        {
            try
            {
                await client.SubmitTransactionAsync(actions, cancellation);
            }
            catch (RequestFailedException e) when (e.ErrorCode == TableErrorCode.TableNotFound || e.ErrorCode == TableErrorCode.ResourceNotFound)
            {
                // The client's own method serializes by reflection, which a trimmed program can't.
                await _client.CreateTableIfNotExistsAsync(table, cancellation);
                await client.SubmitTransactionAsync(actions, cancellation);
            }
        }

        return true;
    });

    /// <summary>Those of one partition together, and none with the same key twice.</summary>
    private static IEnumerable<List<TableTransactionAction>> Batches(IReadOnlyList<TableRow> rows)
    {
        foreach (var partition in rows.GroupBy(row => row.Key.Partition, StringComparer.Ordinal))
        {
            var (batch, keys) = (new List<TableTransactionAction>(), new HashSet<string>(StringComparer.Ordinal));
            foreach (var row in partition)
            {
                if (batch.Count == MostAtOnce || !keys.Add(row.Key.Row))
                {
                    yield return batch;
                    (batch, keys) = ([], [row.Key.Row]);
                }

                batch.Add(Action(row));
            }

            yield return batch;
        }
    }

    private static TableTransactionAction Action(TableRow row)
    {
        var entity = new TableEntity(row.Key.Partition, row.Key.Row);
        foreach (var (name, value) in row.Properties)
            entity[name] = Property(value);
        return row.ETag switch
        {
            null => new(TableTransactionActionType.Add, entity),
            "*" => new(TableTransactionActionType.UpsertReplace, entity),
            var etag => new(TableTransactionActionType.UpdateReplace, entity, new ETag(etag)),
        };
    }

    private static object? Property(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number when long.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole,
        JsonValueKind.Number => double.Parse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture),
        _ => value?.ToString(),
    };

    private static JsonObject Json(TableEntity entity) => EntityJson.Of(
        new(entity.PartitionKey, entity.RowKey),
        entity.Where(p => p.Key is not ("PartitionKey" or "RowKey" or "Timestamp" or "odata.etag")).Select(p => KeyValuePair.Create(p.Key, (JsonNode?)Json(p.Value))));

    private static JsonValue? Json(object? value) => value switch
    {
        null => null,
        string text => JsonValue.Create(text),
        bool truth => JsonValue.Create(truth),
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        double number => double.IsFinite(number) ? JsonValue.Create(number) : JsonValue.Create(number.ToString(CultureInfo.InvariantCulture)),
        DateTimeOffset moment => JsonValue.Create(EntityJson.Text(moment)),
        DateTime moment => JsonValue.Create(EntityJson.Text(moment.ToUniversalTime())),
        Guid id => JsonValue.Create(id.ToString()),
        byte[] bytes => JsonValue.Create(Convert.ToBase64String(bytes)),
        BinaryData data => JsonValue.Create(Convert.ToBase64String(data.ToArray())),
        _ => JsonValue.Create(value.ToString()),
    };

    private Task<T> CallAsync<T>(string table, Func<Task<T>> call) => StorageCalls.CallAsync(_id, $"the table {table}", call);
}
