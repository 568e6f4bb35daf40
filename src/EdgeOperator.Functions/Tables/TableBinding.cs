using System.Globalization;
using System.Text.RegularExpressions;
using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Tables;

/// <summary>What a <c>table</c> binding says.</summary>
/// <param name="Take">0 for all.</param>
internal sealed partial record TableBinding(string Table, string? PartitionKey, string? RowKey, string? Filter, int Take)
{
    /// <param name="binding">With its expressions resolved.</param>
    /// <exception cref="FormatException">It is wrong.</exception>
    public static TableBinding Of(Binding binding) => Read(binding, text => text);

    /// <summary>What can be known before there is a trigger's data.</summary>
    /// <exception cref="FormatException">It could never be read or written; the message says why.</exception>
    public static void Check(Binding binding) => Read(binding, text => text.Contains('{') ? null : text);

    private static TableBinding Read(Binding binding, Func<string, string?> known)
    {
        string? Text(string property) => binding.Text(property) is { Length: > 0 } text ? text : null;
        if (Text("tableName") is not { } table)
            throw new FormatException($"The binding {binding.Name} has no tableName");
        if (known(table) is { } name && !Name().IsMatch(name))
            throw new FormatException($"The binding {binding.Name} names the table \"{name}\"; a name has 3 to 63 letters and digits, a letter first");
        var (partition, row, filter) = (Text("partitionKey"), Text("rowKey"), Text("filter"));
        var take = Text("take") is not { } limit || known(limit) is not { } number ? 0
            : int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count
            : throw new FormatException($"The binding {binding.Name} has the take {number}; it is a whole number");
        if (binding.Direction == BindingDirection.In)
        {
            if (row is not null && partition is null)
                throw new FormatException($"The binding {binding.Name} has a rowKey without a partitionKey; both together name an entity");
            if (row is not null && (filter is not null || take > 0))
                throw new FormatException($"The binding {binding.Name} has a rowKey, which means one entity, and filter or take, which mean many: keep one of them");
            if (filter is not null && known(filter) is { } expression)
                TableFilter.Parse(expression);
        }

        if (known(partition ?? "") is { } p && known(row ?? "") is { } r)
            EntityKey.Of(p, r);
        return new(table, partition, row, filter, take);
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9]{2,62}$")]
    private static partial Regex Name();
}
