namespace EdgeOperator.Hub.Rest;

/// <summary>What a route takes and answers, for the document that describes the API.</summary>
/// <param name="Summary">What it does, in a line.</param>
internal sealed record RouteDescription(string Summary)
{
    /// <summary>The body as JSON; null for none.</summary>
    public Type? Body { get; init; }

    public bool IsBodyOptional { get; init; }

    /// <summary>The answer as JSON; null for none, or for what <see cref="ContentType"/> says.</summary>
    public Type? Answer { get; init; }

    public int Status { get; init; } = StatusCodes.Status200OK;

    public string ContentType { get; init; } = "application/json";

    public IReadOnlyList<QueryParameter> Query { get; init; } = [];

    /// <summary>The names in braces of a pattern.</summary>
    public static IEnumerable<string> NamesIn(string pattern) => pattern.Split('/').Where(s => s.StartsWith('{')).Select(s => s.Trim('{', '}'));
}

/// <param name="Type">Of its value.</param>
internal sealed record QueryParameter(string Name, string Description, QueryParameterType Type = QueryParameterType.Text);

internal enum QueryParameterType
{
    Text,
    Number,
    Flag,
}
