namespace EdgeOperator.Core.Twins.Query;

internal enum QueryTokenKind
{
    Word,
    Quoted,
    Number,
    Symbol,
    End,
}

/// <param name="Kind"><see cref="QueryTokenKind.Quoted"/> is text, or a name in <c>[[ ]]</c> when <paramref name="IsName"/>.</param>
/// <param name="Position">From 1.</param>
internal readonly record struct QueryToken(QueryTokenKind Kind, string Text, int Position, bool IsName = false)
{
    public bool Is(string symbol) => Kind == QueryTokenKind.Symbol && Text == symbol;

    public bool IsKeyword(string word) => Kind == QueryTokenKind.Word && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    public override string ToString() => Kind == QueryTokenKind.End ? "the end" : $"'{Text}'";
}
