namespace EdgeOperator.Core.Twins.Query;

/// <summary>Which devices or modules a configuration or a job is for.</summary>
/// <param name="Source">Devices or modules; null for a condition alone, which does not say.</param>
/// <param name="Where">Null takes all of them.</param>
public sealed record QueryTarget(QuerySource? Source, QueryExpression? Where)
{
    private const string Select = "SELECT * ";

    /// <param name="text">A condition; <c>*</c> for all; or <c>FROM devices.modules WHERE …</c>, before which <c>SELECT *</c> may stand.</param>
    /// <exception cref="QueryException">It is not in the language, or a query for something else than devices or modules.</exception>
    public static QueryTarget Parse(string text)
    {
        var trimmed = text.Trim();
        if (!Begins(trimmed, "FROM") && !Begins(trimmed, "SELECT"))
            return new(null, TwinQuery.ParseCondition(trimmed));
        var query = TwinQuery.Parse(Begins(trimmed, "FROM") ? Select + trimmed : trimmed);
        return query.Source == QuerySource.Jobs || query.GroupBy.Length > 0 || query.Columns is not null || query.Top is not null
            ? throw new QueryException(1, "this is no condition over devices or modules, such as tags.site = 'berlin' or FROM devices.modules WHERE moduleId = 'web'")
            : new(query.Source, query.Where);
    }

    private static bool Begins(string text, string word) =>
        text.StartsWith(word, StringComparison.OrdinalIgnoreCase) && text.Length > word.Length && char.IsWhiteSpace(text[word.Length]);
}
