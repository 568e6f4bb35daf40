using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Twins.Query;

/// <summary>Makes a result of a row, for queries that have one for each row.</summary>
public static class QueryProjection
{
    /// <returns>The row itself for <c>SELECT *</c>; otherwise the columns that are defined.</returns>
    public static JsonObject Project(TwinQuery query, JsonObject row)
    {
        if (query.Columns is not { } columns)
            return row;
        var result = new JsonObject();
        foreach (var column in columns)
            if (QueryEvaluation.Evaluate(column.Value!, row) is { IsDefined: true } value)
                result[column.Name] = value.ToJson();
        return result;
    }
}
