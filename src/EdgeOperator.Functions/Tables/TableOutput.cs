using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Tables;

/// <summary>
/// Writes what functions put out to <c>table</c> bindings: an entity, or each of an array. It must be new, unless it has an <c>ETag</c>:
/// <c>*</c> replaces whatever there is.
/// </summary>
public sealed class TableOutput(FunctionApp app, TableStores tables) : IOutput
{
    public bool Handles(Binding binding) =>
        binding.Direction == BindingDirection.Out && binding.Type.Equals("table", StringComparison.OrdinalIgnoreCase);

    public void Check(Binding binding) => TableBinding.Of(binding);

    public async Task WriteAsync(Binding binding, Value value, JsonObject metadata, CancellationToken cancellation)
    {
        var table = TableBinding.Of(binding);
        if (EntityJson.Rows(value, table).ToArray() is { Length: > 0 } rows)
            await tables.Open(app, binding).WriteAsync(table.Table, rows, cancellation);
    }
}
