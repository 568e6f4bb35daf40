using System.Text.Json.Nodes;

namespace EdgeOperator.Functions.Tables;

/// <summary>Tables of entities: of a storage account, or the host's own.</summary>
/// <remarks>Every operation throws an <see cref="IOException"/> when the store fails or refuses; a table that is missing is empty.</remarks>
internal interface ITableStore
{
    /// <returns>The entity's properties with its keys; null when there is none.</returns>
    Task<JsonObject?> FindAsync(string table, EntityKey key, CancellationToken cancellation);

    /// <summary>Entities in the order of their keys.</summary>
    /// <param name="partition">Only this partition; null for all.</param>
    /// <param name="filter">OData; null for all.</param>
    /// <param name="most">How many; 0 for all.</param>
    /// <exception cref="FormatException">The filter can't be read.</exception>
    Task<JsonArray> QueryAsync(string table, string? partition, string? filter, int most, CancellationToken cancellation);

    /// <summary>Writes entities in their order; a table that is missing is made.</summary>
    Task WriteAsync(string table, IReadOnlyList<TableRow> rows, CancellationToken cancellation);
}

/// <summary>Compared case by case.</summary>
internal sealed record EntityKey(string Partition, string Row)
{
    private const int MaxLength = 512;

    /// <summary>As https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model has them.</summary>
    /// <exception cref="FormatException">A key is not valid.</exception>
    public static EntityKey Of(string partition, string row)
    {
        foreach (var (name, key) in ((string, string)[])[("PartitionKey", partition), ("RowKey", row)])
        {
            if (key.Length > MaxLength || key.Any(c => c is '/' or '\\' or '#' or '?' || char.IsControl(c)))
                throw new FormatException($"The {name} of an entity has at most {MaxLength} characters, and none of / \\ # ? and no control characters");
        }

        return new(partition, row);
    }
}

/// <summary>One entity to be written.</summary>
/// <param name="Properties">Texts, numbers and truth values, without the keys.</param>
/// <param name="ETag">Null: it must be new. <c>*</c>: it replaces whatever there is. Otherwise it replaces that version.</param>
internal sealed record TableRow(EntityKey Key, JsonObject Properties, string? ETag);
