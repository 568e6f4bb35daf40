using System.Collections.Immutable;

namespace EdgeOperator.Core.Twins.Query;

/// <summary>What a query reads from.</summary>
public enum QuerySource
{
    Devices,
    Modules,
    Jobs,
}

/// <summary>
/// A query in IoT Hub's language, as a tree. Source of the grammar:
/// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-query-language
/// </summary>
/// <param name="Columns">Null for <c>SELECT *</c>.</param>
/// <param name="Top">How many results at most; null for all.</param>
/// <param name="Where">Null takes every row.</param>
public sealed record TwinQuery(
    QuerySource Source, ImmutableArray<QueryColumn>? Columns, long? Top, QueryExpression? Where, ImmutableArray<QueryExpression.Property> GroupBy)
{
    /// <summary>The longest text that is read.</summary>
    public const int MaxLength = 8192;

    /// <summary>One result for many rows.</summary>
    public bool IsAggregate => GroupBy.Length > 0 || Columns?.Any(c => c.Aggregate is not null) == true;

    /// <exception cref="QueryException">The text is not in the language.</exception>
    public static TwinQuery Parse(string text) => QueryParser.Parse(text);

    /// <summary>A condition alone, as configurations and jobs have them; <c>*</c> takes every row.</summary>
    /// <exception cref="QueryException">The text is not in the language.</exception>
    public static QueryExpression? ParseCondition(string text) => QueryParser.ParseCondition(text);
}

/// <summary>A column of the result.</summary>
/// <param name="Value">Null for <c>COUNT()</c>, which has no argument.</param>
public sealed record QueryColumn(string Name, QueryExpression? Value, QueryAggregate? Aggregate = null);

public enum QueryAggregate
{
    Count,
    Average,
    Sum,
    Minimum,
    Maximum,
}

/// <summary>A closed hierarchy.</summary>
public abstract record QueryExpression
{
    private QueryExpression()
    {
    }

    /// <summary>Whether it names what a twin's document has beside the properties themselves: <c>$metadata</c>, <c>$version</c>.</summary>
    public bool NamesMetadata => this switch
    {
        Property property => property.Path.Any(name => name.StartsWith('$')),
        Not not => not.Operand.NamesMetadata,
        Negative negative => negative.Operand.NamesMetadata,
        Binary binary => binary.Left.NamesMetadata || binary.Right.NamesMetadata,
        In among => among.Operand.NamesMetadata || among.Values.Any(v => v.NamesMetadata),
        IsDefined defined => defined.Operand.NamesMetadata,
        _ => false,
    };

    /// <summary>A path from the row's root; the first name is found in any case.</summary>
    public sealed record Property(ImmutableArray<string> Path) : QueryExpression;

    public sealed record Constant(QueryValue Value) : QueryExpression;

    public sealed record Not(QueryExpression Operand) : QueryExpression;

    public sealed record Negative(QueryExpression Operand) : QueryExpression;

    /// <param name="Operator"><c>AND OR = != &lt; &lt;= &gt; &gt;= + - * / %</c></param>
    public sealed record Binary(string Operator, QueryExpression Left, QueryExpression Right) : QueryExpression;

    public sealed record In(QueryExpression Operand, ImmutableArray<QueryExpression> Values, bool IsNegated) : QueryExpression;

    public sealed record IsDefined(Property Operand) : QueryExpression;
}
