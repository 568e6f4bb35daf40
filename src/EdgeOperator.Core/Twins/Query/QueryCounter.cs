using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Twins.Query;

/// <summary>Counts the results of a query without keeping them. Of a query whose result is one number, such as <c>SELECT COUNT()</c>, it is that number.</summary>
public sealed class QueryCounter(TwinQuery query)
{
    private readonly QueryAggregation? _groups = query.IsAggregate ? new(query) : null;
    private long _count;

    public TwinQuery Query { get; } = query;

    public long Result =>
        _groups is null ? Math.Min(_count, Query.Top ?? long.MaxValue)
        : Query is { GroupBy.Length: 0, Columns.Length: 1 } ? (long)(QueryValue.Of(_groups.Results().Single().Single().Value).Number ?? 0)
        : _groups.Results().Count();

    /// <param name="row">Any row of the query's source.</param>
    public void Add(JsonObject row)
    {
        if (!QueryEvaluation.Matches(Query.Where, row))
            return;
        _count++;
        _groups?.Add(row);
    }
}
