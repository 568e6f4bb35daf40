using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Tables;

/// <summary>Entities as functions get and put out them.</summary>
internal static class EntityJson
{
    private const string PartitionKey = "PartitionKey";
    private const string RowKey = "RowKey";

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An entity as an input has it: its keys first.</summary>
    public static JsonObject Of(EntityKey key, IEnumerable<KeyValuePair<string, JsonNode?>> properties)
    {
        var entity = new JsonObject { [PartitionKey] = key.Partition, [RowKey] = key.Row };
        foreach (var (name, value) in properties)
            entity[name] = value?.DeepClone();
        return entity;
    }

    /// <summary>A time as the table service writes it.</summary>
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);

    /// <summary>What an output writes: an object, or an array of them; nothing for null.</summary>
    /// <param name="binding">Whose keys hold for entities without keys of their own.</param>
    /// <exception cref="IOException">It is no entity; the message says why.</exception>
    public static IEnumerable<TableRow> Rows(Value value, TableBinding binding) => Parse(value) switch
    {
        null => [],
        JsonArray array => array.Select(item => Row(item, binding)),
        var node => [Row(node, binding)],
    };

    private static TableRow Row(JsonNode? node, TableBinding binding)
    {
        if (node is not JsonObject entity)
            throw new IOException($"An entity for the table {binding.Table} is an object with properties");
        var (partition, row, etag) = (binding.PartitionKey, binding.RowKey, (string?)null);
        var properties = new JsonObject();
        foreach (var (name, property) in entity)
        {
            if (property is null)
                continue;
            if (name.Equals(PartitionKey, StringComparison.OrdinalIgnoreCase))
                partition = property.ToString();
            else if (name.Equals(RowKey, StringComparison.OrdinalIgnoreCase))
                row = property.ToString();
            else if (name.Equals("ETag", StringComparison.OrdinalIgnoreCase) || name.Equals("odata.etag", StringComparison.OrdinalIgnoreCase))
                etag = property.ToString() is { Length: > 0 } text ? text : null;
            else if (!name.Equals("Timestamp", StringComparison.OrdinalIgnoreCase))
                properties[name] = property is JsonValue ? property.DeepClone() : JsonValue.Create(property.ToJsonString(Plain));
        }

        if (partition is null || row is null)
            throw new IOException($"An entity for the table {binding.Table} has no {(partition is null ? PartitionKey : RowKey)}: give it one, or the binding");
        try
        {
            return new(EntityKey.Of(partition, row), properties, etag);
        }
        catch (FormatException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private static JsonNode? Parse(Value value)
    {
        try
        {
            return value switch
            {
                Value.Json json => json.Content,
                Value.Text text => JsonNode.Parse(text.Content),
                Value.Bytes bytes => JsonNode.Parse(Encoding.UTF8.GetString(bytes.Content.Span)),
                _ => throw new IOException("An HTTP response can't be written to a table"),
            };
        }
        catch (JsonException e)
        {
            throw new IOException($"The entity for the table is not valid JSON: {e.Message}", e);
        }
    }
}
