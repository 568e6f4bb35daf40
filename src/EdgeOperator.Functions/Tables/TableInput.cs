using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Tables;

/// <summary>Reads what a <c>table</c> input names: one entity by its keys, or those of a filter.</summary>
public sealed class TableInput(FunctionApp app, TableStores tables) : IInput
{
    public bool Handles(Binding binding) =>
        binding.Direction == BindingDirection.In && binding.Type.Equals("table", StringComparison.OrdinalIgnoreCase);

    public async Task<Value?> ReadAsync(Binding binding, CancellationToken cancellation)
    {
        var table = TableBinding.Of(binding);
        if (TableStores.Reference(app, binding, table) is { } reference)
            return reference;
        var store = tables.Open(app, binding);
        if (table is { PartitionKey: { } partition, RowKey: { } row })
            return await store.FindAsync(table.Table, EntityKey.Of(partition, row), cancellation) is { } entity ? new Value.Json(entity) : null;
        return new Value.Json(await store.QueryAsync(table.Table, table.PartitionKey, table.Filter, table.Take, cancellation));
    }
}
