using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EdgeOperator.Functions.Tables;

/// <summary>
/// A filter of entities, in the part of OData that the table service has:
/// https://learn.microsoft.com/rest/api/storageservices/querying-tables-and-entities#constructing-filter-strings.
/// A property that an entity lacks, or that has another type, compares as false.
/// </summary>
internal sealed partial class TableFilter
{
    private const int MaxDepth = 50;

    private readonly Func<JsonObject, bool> _matches;

    private TableFilter(Func<JsonObject, bool> matches) => _matches = matches;

    /// <exception cref="FormatException">It can't be read; the message says where.</exception>
    public static TableFilter Parse(string text)
    {
        var parser = new Parser(text);
        var matches = parser.Or(0);
        parser.End();
        return new(matches);
    }

    public bool Matches(JsonObject entity) => _matches(entity);

    private static bool Compare(JsonNode? left, string operation, JsonNode? right)
    {
        if (Order(left, right) is not { } order)
            return false;
        return operation switch
        {
            "eq" => order == 0,
            "ne" => order != 0,
            "gt" => order > 0,
            "ge" => order >= 0,
            "lt" => order < 0,
            _ => order <= 0,
        };
    }

    /// <returns>Null when both can't be compared.</returns>
    private static int? Order(JsonNode? left, JsonNode? right) => (left?.GetValueKind(), right?.GetValueKind()) switch
    {
        (JsonValueKind.String, JsonValueKind.String) => string.CompareOrdinal(left!.GetValue<string>(), right!.GetValue<string>()),
        (JsonValueKind.Number, JsonValueKind.Number) => Number(left!).CompareTo(Number(right!)),
        (JsonValueKind.True or JsonValueKind.False, JsonValueKind.True or JsonValueKind.False) => left!.GetValue<bool>().CompareTo(right!.GetValue<bool>()),
        _ => null,
    };

    private static decimal Number(JsonNode node) => decimal.TryParse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : decimal.MaxValue;

    private sealed class Parser(string text)
    {
        private int _at;

        public Func<JsonObject, bool> Or(int depth)
        {
            if (depth > MaxDepth)
                throw Wrong($"more than {MaxDepth} parentheses");
            var left = And(depth);
            while (Word("or"))
            {
                var (first, second) = (left, And(depth));
                left = entity => first(entity) || second(entity);
            }

            return left;
        }

        public void End()
        {
            if (_at < text.Length)
                throw Wrong("an operator was expected");
        }

        private Func<JsonObject, bool> And(int depth)
        {
            var left = Not(depth);
            while (Word("and"))
            {
                var (first, second) = (left, Not(depth));
                left = entity => first(entity) && second(entity);
            }

            return left;
        }

        private Func<JsonObject, bool> Not(int depth)
        {
            var isNegated = false;
            while (Word("not"))
                isNegated = !isNegated;
            var inner = Primary(depth);
            return isNegated ? entity => !inner(entity) : inner;
        }

        private Func<JsonObject, bool> Primary(int depth)
        {
            if (Take(Open()) is not null)
            {
                var inner = Or(depth + 1);
                return Take(Close()) is not null ? inner : throw Wrong("a closing parenthesis was expected");
            }

            var left = Operand();
            if (Take(Operator()) is not { } operation)
                return entity => left(entity) is JsonValue value && value.GetValueKind() == JsonValueKind.True;
            var right = Operand();
            return entity => Compare(left(entity), operation, right(entity));
        }

        private Func<JsonObject, JsonNode?> Operand()
        {
            // Dates, ids and bytes are texts in an entity's JSON: dates and ids in the form in which they are sent.
            if (Take(Quoted()) is { } quoted)
            {
                var quote = quoted.IndexOf('\'', StringComparison.Ordinal);
                var content = quoted[(quote + 1)..^1].Replace("''", "'", StringComparison.Ordinal);
                return Literal(JsonValue.Create(quoted[..quote].ToLowerInvariant() switch
                {
                    "datetime" => DateTimeOffset.TryParse(content, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
                        ? EntityJson.Text(time)
                        : throw Wrong($"{content} is no time"),
                    "guid" => Guid.TryParse(content, out var id) ? id.ToString() : throw Wrong($"{content} is no GUID"),
                    "x" or "binary" => Convert.ToBase64String(Hex(content)),
                    _ => content,
                }));
            }

            if (Take(Numeric()) is { } number)
                return Literal(JsonNode.Parse(number.TrimEnd('L', 'l', 'D', 'd', 'F', 'f')));
            if (Take(Property()) is not { } name)
                throw Wrong("a property or a value was expected");
            return name switch
            {
                "true" => Literal(JsonValue.Create(true)),
                "false" => Literal(JsonValue.Create(false)),
                _ => entity => entity[name],
            };
        }

        private byte[] Hex(string text)
        {
            try
            {
                return Convert.FromHexString(text);
            }
            catch (FormatException)
            {
                throw Wrong($"{text} is not in hexadecimal digits");
            }
        }

        private static Func<JsonObject, JsonNode?> Literal(JsonNode? value) => _ => value;

        private bool Word(string word)
        {
            var start = _at;
            if (Take(Words()) == word)
                return true;
            _at = start;
            return false;
        }

        /// <returns>The token without blanks around it; null when another one comes.</returns>
        private string? Take(Regex token)
        {
            var match = token.Match(text, _at);
            if (!match.Success)
                return null;
            _at += match.Length;
            return match.Value.Trim();
        }

        private FormatException Wrong(string why) => new($"The filter \"{text}\" can't be read at its character {_at + 1}: {why}");
    }

    [GeneratedRegex(@"\G\s*\(\s*")]
    private static partial Regex Open();

    [GeneratedRegex(@"\G\s*\)\s*")]
    private static partial Regex Close();

    [GeneratedRegex(@"\G\s*(?:eq|ne|gt|ge|lt|le)(?=[\s'(-])\s*")]
    private static partial Regex Operator();

    [GeneratedRegex(@"\G\s*(?:and|or|not)(?=[\s(])\s*")]
    private static partial Regex Words();

    [GeneratedRegex(@"\G(?:[A-Za-z]+)?'(?:[^']|'')*'\s*")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\G-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?[LlDdFf]?(?![A-Za-z0-9_])\s*")]
    private static partial Regex Numeric();

    [GeneratedRegex(@"\G[A-Za-z_][A-Za-z0-9_]*\s*")]
    private static partial Regex Property();
}
