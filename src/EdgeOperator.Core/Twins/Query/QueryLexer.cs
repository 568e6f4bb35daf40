using System.Text;

namespace EdgeOperator.Core.Twins.Query;

/// <summary>Splits a query into words, texts, numbers and symbols.</summary>
internal static class QueryLexer
{
    private static readonly string[] Symbols = ["<=", ">=", "!=", "<>", "=", "<", ">", "(", ")", "[", "]", ",", ".", "*", "/", "%", "+", "-"];

    public static List<QueryToken> Read(string text)
    {
        var tokens = new List<QueryToken>();
        for (var at = 0; ;)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
                at++;
            if (at == text.Length)
            {
                tokens.Add(new(QueryTokenKind.End, "", at + 1));
                return tokens;
            }

            tokens.Add(Next(text, ref at));
        }
    }

    private static QueryToken Next(string text, ref int at)
    {
        var start = at;
        var first = text[at];
        if (first is '\'' or '"')
            return new(QueryTokenKind.Quoted, Quoted(text, ref at), start + 1);
        if (text.AsSpan(at).StartsWith("[["))
            return Name(text, ref at);
        if (char.IsAsciiDigit(first))
            return new(QueryTokenKind.Number, Number(text, ref at), start + 1);
        if (IsNameStart(first))
        {
            while (at < text.Length && (IsNameStart(text[at]) || char.IsAsciiDigit(text[at])))
                at++;
            return new(QueryTokenKind.Word, text[start..at], start + 1);
        }

        foreach (var symbol in Symbols)
        {
            if (!text.AsSpan(at).StartsWith(symbol))
                continue;
            at += symbol.Length;
            return new(QueryTokenKind.Symbol, symbol, start + 1);
        }

        throw new QueryException(start + 1, $"the character '{first}' has no meaning here");
    }

    private static bool IsNameStart(char character) => char.IsLetter(character) || character is '_' or '$' or '#';

    private static QueryToken Name(string text, ref int at)
    {
        var start = at;
        var end = text.IndexOf("]]", at, StringComparison.Ordinal);
        if (end < 0)
            throw new QueryException(start + 1, "the name in '[[' has no ']]'");
        at = end + 2;
        return new(QueryTokenKind.Quoted, text[(start + 2)..end], start + 1, IsName: true);
    }

    // A quote inside is written twice, or after a backslash.
    private static string Quoted(string text, ref int at)
    {
        var (start, quote) = (at, text[at++]);
        var value = new StringBuilder();
        for (; at < text.Length; at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length)
                value.Append(text[++at]);
            else if (text[at] != quote)
                value.Append(text[at]);
            else if (at + 1 < text.Length && text[at + 1] == quote)
                value.Append(text[++at]);
            else
            {
                at++;
                return value.ToString();
            }
        }

        throw new QueryException(start + 1, $"the text has no closing {quote}");
    }

    private static string Number(string text, ref int at)
    {
        var start = at;
        if (text[at] == '0' && at + 1 < text.Length && text[at + 1] is 'x' or 'X')
        {
            for (at += 2; at < text.Length && char.IsAsciiHexDigit(text[at]);)
                at++;
            return text[start..at];
        }

        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        if (at + 1 < text.Length && text[at] == '.' && char.IsAsciiDigit(text[at + 1]))
            for (at++; at < text.Length && char.IsAsciiDigit(text[at]);)
                at++;
        if (at < text.Length && text[at] is 'e' or 'E')
        {
            var exponent = at + 1 < text.Length && text[at + 1] is '+' or '-' ? at + 2 : at + 1;
            if (exponent < text.Length && char.IsAsciiDigit(text[exponent]))
                for (at = exponent; at < text.Length && char.IsAsciiDigit(text[at]);)
                    at++;
        }

        return text[start..at];
    }
}
