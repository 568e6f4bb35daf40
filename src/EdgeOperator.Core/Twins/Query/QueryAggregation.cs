using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Twins.Query;

/// <summary>Collects rows into one result for each group.</summary>
/// <param name="query">One that <see cref="TwinQuery.IsAggregate"/>.</param>
public sealed class QueryAggregation(TwinQuery query)
{
    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal);

    /// <summary>Groups so far.</summary>
    public int Count => _groups.Count;

    /// <param name="row">One that matches the query's condition.</param>
    public void Add(JsonObject row)
    {
        var key = new JsonArray([.. query.GroupBy.Select(path => QueryEvaluation.Evaluate(path, row)).Select(value => value.IsDefined ? new JsonArray(value.ToJson()) : null)]).ToJsonString();
        if (!_groups.TryGetValue(key, out var group))
            _groups[key] = group = new(row, query.Columns!.Value.Length);
        for (var i = 0; i < query.Columns!.Value.Length; i++)
            if (query.Columns.Value[i] is { Aggregate: not null } column)
                group.Totals[i] = group.Totals[i].With(column.Value is null ? QueryValue.Of(1) : QueryEvaluation.Evaluate(column.Value, row));
    }

    /// <summary>The groups in the order in which they appeared. Without GROUP BY there is one, of no row if there was none.</summary>
    public IEnumerable<JsonObject> Results()
    {
        IEnumerable<Group> groups = _groups.Count == 0 && query.GroupBy.Length == 0 ? [new([], query.Columns!.Value.Length)] : _groups.Values;
        var results = groups.Select(Result);
        return query.Top is { } top ? results.Take((int)Math.Min(top, int.MaxValue)) : results;
    }

    private JsonObject Result(Group group)
    {
        var result = new JsonObject();
        for (var i = 0; i < query.Columns!.Value.Length; i++)
        {
            var column = query.Columns.Value[i];
            if (column.Aggregate is { } aggregate)
                result[column.Name] = group.Totals[i].Value(aggregate).ToJson();
            else if (QueryEvaluation.Evaluate(column.Value!, group.First) is { IsDefined: true } value)
                result[column.Name] = value.ToJson();
        }

        return result;
    }

    private sealed class Group(JsonObject first, int columns)
    {
        public JsonObject First { get; } = first;

        public Total[] Totals { get; } = new Total[columns];
    }

    /// <summary>What is undefined is not counted; what is no number has no part in sums.</summary>
    private readonly record struct Total(long Defined, long Numbers, double Sum, QueryValue Least, QueryValue Greatest)
    {
        public Total With(QueryValue value) => !value.IsDefined ? this : new(
            Defined + 1,
            Numbers + (value.Number is null ? 0 : 1),
            Sum + (value.Number ?? 0),
            Least.IsDefined && !(QueryValue.Compare(value, Least) < 0) ? Least : value,
            Greatest.IsDefined && !(QueryValue.Compare(value, Greatest) > 0) ? Greatest : value);

        public QueryValue Value(QueryAggregate aggregate) => aggregate switch
        {
            QueryAggregate.Count => QueryValue.Of(Defined),
            QueryAggregate.Sum => QueryValue.Of(Sum),
            QueryAggregate.Average => Numbers == 0 ? QueryValue.Null : QueryValue.Of(Sum / Numbers),
            QueryAggregate.Minimum => Least.IsDefined ? Least : QueryValue.Null,
            _ => Greatest.IsDefined ? Greatest : QueryValue.Null,
        };
    }
}
