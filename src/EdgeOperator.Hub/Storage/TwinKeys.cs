using System.Collections.Immutable;
using EdgeOperator.Core.Twins.Query;
using EdgeOperator.Hub.Identities;

namespace EdgeOperator.Hub.Storage;

/// <summary>The SQL that finds the next candidates of a query by the index, in the order of their keys. Both stores understand it.</summary>
/// <param name="among">What compares a column with a list in a parameter.</param>
/// <param name="list">A list as a parameter.</param>
internal sealed class TwinKeys(Func<int, string> among, Func<ImmutableArray<string>, object> list)
{
    // What is left out is evaluated all the same. It keeps the statements few.
    private const int MostLists = 4;

    /// <returns>Columns device_id and module_id.</returns>
    public (string Sql, object?[] Values) Select(TwinCandidates candidates, bool modules, IdentityKey? after, int limit)
    {
        var values = new List<object?> { after?.DeviceId ?? "", after?.ModuleId ?? "", limit };
        var conditions = new List<string> { "(device_id, module_id) > ($1, $2)", modules ? "module_id <> ''" : "module_id = ''" };
        if (candidates.Devices is { } devices)
            conditions.Add($"device_id {Among(devices)}");
        var tags = candidates.Tags.OrderBy(entries => entries.Length).Take(MostLists).ToArray();
        if (tags is [var first, ..])
            conditions.Add($"entry {Among(first)}");
        foreach (var other in tags.Skip(1))
            conditions.Add($"(device_id, module_id) IN (SELECT device_id, module_id FROM twin_tags WHERE entry {Among(other)})");
        return ($"SELECT DISTINCT device_id, module_id FROM {(tags.Length == 0 ? "twins" : "twin_tags")} WHERE {string.Join(" AND ", conditions)} ORDER BY device_id, module_id LIMIT $3", [.. values]);

        // One value by itself, so that the index has the keys in order.
        string Among(ImmutableArray<string> some)
        {
            values.Add(some.Length == 1 ? some[0] : list(some));
            return some.Length == 1 ? $"= ${values.Count}" : among(values.Count);
        }
    }
}
