namespace EdgeOperator.Core.Twins.Query;

/// <summary>A query that is not in the language.</summary>
/// <param name="position">Where in the text, in characters from 1.</param>
/// <param name="what">What is wrong there, without a full stop.</param>
public sealed class QueryException(int position, string what) : Exception($"{what}, at character {position} of the query")
{
    public int Position { get; } = position;
}
