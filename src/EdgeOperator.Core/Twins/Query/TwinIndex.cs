using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Twins.Query;

/// <summary>
/// What an index over twins holds, and what a condition needs from it. The index only narrows: whoever is found is still evaluated, so
/// that the result is that of reading every twin.
/// </summary>
public static class TwinIndex
{
    /// <summary>Characters; a longer entry is replaced by its hash, for databases limit what they index.</summary>
    private const int LongestEntry = 300;

    /// <returns>An entry for each text, number and boolean in the tags, wherever it is, but in arrays.</returns>
    public static ImmutableHashSet<string> EntriesOf(JsonObject tags)
    {
        var entries = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        Add(tags, "");
        return entries.ToImmutable();

        void Add(JsonObject map, string prefix)
        {
            foreach (var (name, value) in map)
            {
                if (value is JsonObject inner)
                    Add(inner, $"{prefix}{name}.");
                else if (Entry(prefix + name, QueryValue.Of(value)) is { } entry)
                    entries.Add(entry);
            }
        }
    }

    /// <summary>Which twins can satisfy a condition at all.</summary>
    /// <returns>Null when the index does not tell: then all of them.</returns>
    public static TwinCandidates? CandidatesFor(QueryExpression? condition) => condition switch
    {
        QueryExpression.Binary { Operator: "AND" } and => Both(CandidatesFor(and.Left), CandidatesFor(and.Right)),
        QueryExpression.Binary { Operator: "OR" } or => Either(CandidatesFor(or.Left), CandidatesFor(or.Right)),
        QueryExpression.Binary { Operator: "=", Left: QueryExpression.Property property } equal => Among(property, [equal.Right]),
        QueryExpression.Binary { Operator: "=", Right: QueryExpression.Property property } equal => Among(property, [equal.Left]),
        QueryExpression.In { IsNegated: false, Operand: QueryExpression.Property property } among => Among(property, among.Values),
        _ => null,
    };

    private static TwinCandidates? Both(TwinCandidates? left, TwinCandidates? right) => left is null || right is null ? left ?? right : new(
        left.Devices is { } some && right.Devices is { } others ? [.. some.Intersect(others)] : left.Devices ?? right.Devices,
        [.. left.Tags, .. right.Tags]);

    // Who is on one side has an entry of each of that side's lists: one list of each side is enough.
    private static TwinCandidates? Either(TwinCandidates? left, TwinCandidates? right) => (left, right) switch
    {
        ({ Devices: { } some }, { Devices: { } others }) => new([.. some.Union(others)], []),
        ({ Tags: [var some, ..] }, { Tags: [var others, ..] }) => new(null, [[.. some.Union(others)]]),
        _ => null,
    };

    private static TwinCandidates? Among(QueryExpression.Property property, ImmutableArray<QueryExpression> values)
    {
        if (values.Select(ConstantOf).ToArray() is var constants && constants.Any(c => c is null))
            return null;
        if (property.Path is [var only] && only.Equals("deviceId", StringComparison.OrdinalIgnoreCase))
            return new([.. constants.Select(c => c!.Value.Text).OfType<string>().Distinct()], []);
        if (property.Path.Length < 2 || !property.Path[0].Equals("tags", StringComparison.OrdinalIgnoreCase))
            return null;
        var path = string.Join('.', property.Path.Skip(1));
        var entries = constants.Select(c => Entry(path, c!.Value)).ToArray();
        return entries.Any(e => e is null) ? null : new(null, [[.. entries.OfType<string>().Distinct()]]);
    }

    private static QueryValue? ConstantOf(QueryExpression expression) => expression switch
    {
        QueryExpression.Constant constant => constant.Value,
        QueryExpression.Negative { Operand: var operand } when ConstantOf(operand) is { Number: { } number } => QueryValue.Of(-number),
        _ => null,
    };

    /// <returns>Null for what is not indexed: null, objects, arrays, and what is undefined.</returns>
    private static string? Entry(string path, QueryValue value)
    {
        // No name of a tag has a space. The two zeros are equal.
        var text = value.Text is { } quoted ? $"{path} s{quoted}"
            : value.Number is { } number ? $"{path} n{(number == 0 ? 0 : number).ToString("R", CultureInfo.InvariantCulture)}"
            : value.Boolean is { } boolean ? $"{path} b{(boolean ? 1 : 0)}"
            : null;
        return text is null || (text.Length <= LongestEntry && !text.Contains('\0', StringComparison.Ordinal))
            ? text
            : $" {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
    }
}

/// <summary>Who can satisfy a condition: one of these devices, with one entry of each of these lists.</summary>
/// <param name="Devices">Null for any.</param>
public sealed record TwinCandidates(ImmutableArray<string>? Devices, ImmutableArray<ImmutableArray<string>> Tags);
