using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Twins.Query;

/// <summary>
/// Evaluates expressions over a row, in three-valued logic: what can't be compared is undefined, which is neither true nor
/// made true by NOT.
/// </summary>
public static class QueryEvaluation
{
    public static bool Matches(QueryExpression? condition, JsonObject row) => condition is null || Evaluate(condition, row).IsTrue;

    public static QueryValue Evaluate(QueryExpression expression, JsonObject row) => expression switch
    {
        QueryExpression.Constant constant => constant.Value,
        QueryExpression.Property property => Find(property, row),
        QueryExpression.IsDefined defined => QueryValue.Of(Find(defined.Operand, row).IsDefined),
        QueryExpression.Not not => Evaluate(not.Operand, row).Boolean is { } value ? QueryValue.Of(!value) : QueryValue.Undefined,
        QueryExpression.Negative negative => Evaluate(negative.Operand, row).Number is { } number ? QueryValue.Of(-number) : QueryValue.Undefined,
        QueryExpression.In among => Among(among, row),
        QueryExpression.Binary { Operator: "AND" } and => And(and, row),
        QueryExpression.Binary { Operator: "OR" } or => Or(or, row),
        QueryExpression.Binary binary => Combine(binary.Operator, Evaluate(binary.Left, row), Evaluate(binary.Right, row)),
        _ => throw new InvalidOperationException($"an expression of an unknown type: {expression}"),
    };

    private static QueryValue Find(QueryExpression.Property property, JsonObject row)
    {
        if (row.FirstOrDefault(entry => entry.Key.Equals(property.Path[0], StringComparison.OrdinalIgnoreCase)) is not { Key: not null } first)
            return QueryValue.Undefined;
        var value = first.Value;
        foreach (var name in property.Path.AsSpan()[1..])
            if (value is not JsonObject map || !map.TryGetPropertyValue(name, out value))
                return QueryValue.Undefined;
        return QueryValue.Of(value);
    }

    private static QueryValue And(QueryExpression.Binary and, JsonObject row)
    {
        var left = Evaluate(and.Left, row).Boolean;
        if (left == false)
            return QueryValue.False;
        var right = Evaluate(and.Right, row).Boolean;
        return right == false ? QueryValue.False : left == true && right == true ? QueryValue.True : QueryValue.Undefined;
    }

    private static QueryValue Or(QueryExpression.Binary or, JsonObject row)
    {
        var left = Evaluate(or.Left, row).Boolean;
        if (left == true)
            return QueryValue.True;
        var right = Evaluate(or.Right, row).Boolean;
        return right == true ? QueryValue.True : left == false && right == false ? QueryValue.False : QueryValue.Undefined;
    }

    private static QueryValue Among(QueryExpression.In among, JsonObject row)
    {
        var operand = Evaluate(among.Operand, row);
        if (!operand.IsDefined)
            return QueryValue.Undefined;
        var isFound = among.Values.Any(value => QueryValue.AreEqual(operand, Evaluate(value, row)) == true);
        return QueryValue.Of(isFound != among.IsNegated);
    }

    private static QueryValue Combine(string symbol, QueryValue left, QueryValue right) => symbol switch
    {
        "=" => BooleanOf(QueryValue.AreEqual(left, right)),
        "!=" => BooleanOf(!QueryValue.AreEqual(left, right)),
        "<" => BooleanOf(QueryValue.Compare(left, right) < 0, left, right),
        "<=" => BooleanOf(QueryValue.Compare(left, right) <= 0, left, right),
        ">" => BooleanOf(QueryValue.Compare(left, right) > 0, left, right),
        ">=" => BooleanOf(QueryValue.Compare(left, right) >= 0, left, right),
        _ => left.Number is { } a && right.Number is { } b ? Calculate(symbol, a, b) : QueryValue.Undefined,
    };

    private static QueryValue BooleanOf(bool? value) => value is { } known ? QueryValue.Of(known) : QueryValue.Undefined;

    private static QueryValue BooleanOf(bool value, QueryValue left, QueryValue right) =>
        QueryValue.Compare(left, right) is null ? QueryValue.Undefined : QueryValue.Of(value);

    private static QueryValue Calculate(string symbol, double left, double right)
    {
        var result = symbol switch
        {
            "+" => left + right,
            "-" => left - right,
            "*" => left * right,
            "/" => left / right,
            _ => left % right,
        };
        return double.IsFinite(result) ? QueryValue.Of(result) : QueryValue.Undefined;
    }
}
