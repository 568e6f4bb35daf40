using System.Collections.Concurrent;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Storage;
using EdgeOperator.Functions.Tables.Azure;
using EdgeOperator.Functions.Tables.Embedded;

namespace EdgeOperator.Functions.Tables;

/// <summary>Every table store that an app's bindings can name, through all its generations.</summary>
public sealed class TableStores(EmbeddedTables own)
{
    private readonly ConcurrentDictionary<string, AzureTableStore> _accounts = new(StringComparer.Ordinal);

    /// <exception cref="FormatException">The connection can't be used; the message says what to change.</exception>
    internal ITableStore Open(FunctionApp app, Binding binding) =>
        ConnectionSetting.Of(binding, app.Settings).Account is { } connection ? _accounts.GetOrAdd(connection, c => new(c)) : own;

    /// <summary>
    /// What a worker gets in place of entities when it opens the table itself (<c>TableClient</c>, <c>TableEntity</c>), with the names that
    /// Microsoft.Azure.Functions.Worker.Extensions.Tables reads.
    /// </summary>
    /// <returns>Null where it gets the entities: always for the host's own tables, which no worker can open.</returns>
    internal static Value? Reference(FunctionApp app, Binding binding, TableBinding table) =>
        binding.IsDeferred && ConnectionSetting.Of(binding, app.Settings) is { Account: not null } connection
            ? new Value.Model("AzureStorageTables", new()
            {
                ["TableName"] = table.Table,
                ["Take"] = table.Take,
                ["Filter"] = table.Filter,
                ["Connection"] = connection.Name,
                ["PartitionKey"] = table.PartitionKey,
                ["RowKey"] = table.RowKey,
            })
            : null;
}
