using System.Collections.Immutable;
using System.Globalization;

namespace EdgeOperator.Core.Twins.Query;

/// <summary>Reads a query by recursive descent: a method for each level of precedence.</summary>
internal sealed class QueryParser
{
    /// <summary>Of parentheses and operators inside one another.</summary>
    private const int MaxDepth = 100;

    private readonly List<QueryToken> _tokens;
    private int _next;
    private int _depth;
    private string? _alias;

    private QueryParser(string text)
    {
        if (text.Length > TwinQuery.MaxLength)
            throw new QueryException(TwinQuery.MaxLength + 1, $"the query is longer than {TwinQuery.MaxLength} characters");
        _tokens = QueryLexer.Read(text);
    }

    private QueryToken Current => _tokens[_next];

    public static TwinQuery Parse(string text) => new QueryParser(text).Query();

    public static QueryExpression? ParseCondition(string text)
    {
        if (text.Trim() == "*")
            return null;
        var parser = new QueryParser(text);
        var condition = parser.Or();
        parser.End();
        return condition;
    }

    private TwinQuery Query()
    {
        // The alias stands behind the columns that use it.
        _alias = FindAlias();
        Expect("SELECT");
        var top = Take("TOP") ? WholeNumber() : (long?)null;
        var columns = TakeSymbol("*") ? (ImmutableArray<QueryColumn>?)null : Columns();
        Expect("FROM");
        var source = Source();
        if (Current.Kind == QueryTokenKind.Word && !Current.IsKeyword("WHERE") && !Current.IsKeyword("GROUP"))
        {
            Take("AS");
            Word("the source's alias");
        }

        var where = Take("WHERE") ? Or() : null;
        ImmutableArray<QueryExpression.Property> groups = [];
        if (Take("GROUP"))
        {
            Expect("BY");
            groups = [.. List(Property)];
        }

        End();
        if (columns is null && groups.Length > 0)
            throw new QueryException(1, "SELECT * can't be grouped: name the columns");
        return new(source, columns, top, where, groups);
    }

    private string? FindAlias()
    {
        var from = _tokens.FindIndex(t => t.IsKeyword("FROM"));
        if (from < 0 || from + 2 >= _tokens.Count)
            return null;
        var at = _tokens[from + 2].Is(".") ? from + 4 : from + 2;
        if (at < _tokens.Count && _tokens[at].IsKeyword("AS"))
            at++;
        return at < _tokens.Count && _tokens[at] is { Kind: QueryTokenKind.Word } alias && !alias.IsKeyword("WHERE") && !alias.IsKeyword("GROUP") ? alias.Text : null;
    }

    private QuerySource Source()
    {
        var first = Word("'devices'");
        if (!first.IsKeyword("devices"))
            throw Unexpected(first, "devices, devices.modules or devices.jobs");
        if (!TakeSymbol("."))
            return QuerySource.Devices;
        var second = Word("'modules' or 'jobs'");
        return second.IsKeyword("modules") ? QuerySource.Modules : second.IsKeyword("jobs") ? QuerySource.Jobs : throw Unexpected(second, "'modules' or 'jobs'");
    }

    private ImmutableArray<QueryColumn> Columns()
    {
        var unnamed = 0;
        return [.. List(() =>
        {
            var (aggregate, value) = Column();
            var name = Take("AS") ? NameText()
                : aggregate is null && value is QueryExpression.Property { Path: [.., var last] } ? last
                : $"${++unnamed}";
            return new QueryColumn(name, value, aggregate);
        })];
    }

    private (QueryAggregate? Aggregate, QueryExpression? Value) Column()
    {
        if (Current.Kind != QueryTokenKind.Word || !_tokens[_next + 1].Is("(") || AggregateOf(Current.Text) is not { } aggregate)
            return (null, Additive());
        _next += 2;
        var value = Current.Is(")") ? null : Additive();
        if (value is null && aggregate != QueryAggregate.Count)
            throw new QueryException(Current.Position, "the function needs a property");
        ExpectSymbol(")");
        return (aggregate, value);
    }

    private static QueryAggregate? AggregateOf(string name) => name.ToUpperInvariant() switch
    {
        "COUNT" => QueryAggregate.Count,
        "AVG" => QueryAggregate.Average,
        "SUM" => QueryAggregate.Sum,
        "MIN" => QueryAggregate.Minimum,
        "MAX" => QueryAggregate.Maximum,
        _ => null,
    };

    private QueryExpression Or() => Nested(() =>
    {
        var left = And();
        while (Take("OR"))
            left = new QueryExpression.Binary("OR", left, And());
        return left;
    });

    private QueryExpression And()
    {
        var left = Not();
        while (Take("AND"))
            left = new QueryExpression.Binary("AND", left, Not());
        return left;
    }

    private QueryExpression Not() => Take("NOT") ? Nested(() => new QueryExpression.Not(Not())) : Comparison();

    private QueryExpression Comparison()
    {
        var left = Additive();
        if (Current.IsKeyword("IN") || Current.IsKeyword("NIN"))
        {
            var isNegated = Current.IsKeyword("NIN");
            _next++;
            ExpectSymbol("[");
            var values = List(Additive);
            ExpectSymbol("]");
            return new QueryExpression.In(left, [.. values], isNegated);
        }

        foreach (var comparison in (string[])["=", "!=", "<>", "<=", ">=", "<", ">"])
            if (TakeSymbol(comparison))
                return new QueryExpression.Binary(comparison == "<>" ? "!=" : comparison, left, Additive());
        return left;
    }

    private QueryExpression Additive()
    {
        var left = Multiplicative();
        while (Current.Is("+") || Current.Is("-"))
            left = new QueryExpression.Binary(_tokens[_next++].Text, left, Multiplicative());
        return left;
    }

    private QueryExpression Multiplicative()
    {
        var left = Unary();
        while (Current.Is("*") || Current.Is("/") || Current.Is("%"))
            left = new QueryExpression.Binary(_tokens[_next++].Text, left, Unary());
        return left;
    }

    private QueryExpression Unary() => TakeSymbol("-") ? Nested(() => new QueryExpression.Negative(Unary())) : Primary();

    private QueryExpression Primary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case QueryTokenKind.Number:
                _next++;
                return Constant(QueryValue.Of(NumberOf(token)));
            case QueryTokenKind.Quoted when !token.IsName:
                _next++;
                return Constant(QueryValue.Of(token.Text));
            case QueryTokenKind.Symbol when token.Text == "(":
                _next++;
                var inner = Or();
                ExpectSymbol(")");
                return inner;
            case QueryTokenKind.Word when _tokens[_next + 1].Is("("):
                return Function();
            case QueryTokenKind.Word when ConstantOf(token) is { } constant:
                _next++;
                return Constant(constant);
            case QueryTokenKind.Word when !IsReserved(token):
            case QueryTokenKind.Quoted:
                return Property();
            default:
                throw Unexpected(token, "a property or a value");
        }
    }

    private QueryExpression.IsDefined Function()
    {
        var name = _tokens[_next];
        if (!name.IsKeyword("IS_DEFINED"))
            throw new QueryException(name.Position, $"the function {name} is not known here: is_defined(property) is");
        _next += 2;
        var property = Property();
        ExpectSymbol(")");
        return new(property);
    }

    private QueryExpression.Property Property()
    {
        var path = ImmutableArray.CreateBuilder<string>();
        path.Add(NameText());
        while (true)
        {
            if (TakeSymbol("."))
                path.Add(NameText());
            else if (Current is { Kind: QueryTokenKind.Quoted, IsName: true })
                path.Add(_tokens[_next++].Text);
            else if (Current.Is("[") && _tokens[_next + 1] is { Kind: QueryTokenKind.Quoted, IsName: false } key)
            {
                _next += 2;
                ExpectSymbol("]");
                path.Add(key.Text);
            }
            else
                break;
        }

        // devices.jobs.deviceId names what deviceId does.
        if (path.Count > 2 && path[0].Equals("devices", StringComparison.OrdinalIgnoreCase) && (path[1].Equals("jobs", StringComparison.OrdinalIgnoreCase) || path[1].Equals("modules", StringComparison.OrdinalIgnoreCase)))
            path.RemoveRange(0, 2);
        if (path.Count > 1 && path[0].Equals(_alias, StringComparison.OrdinalIgnoreCase))
            path.RemoveAt(0);
        return new(path.ToImmutable());
    }

    private List<T> List<T>(Func<T> item)
    {
        var items = new List<T> { item() };
        while (TakeSymbol(","))
            items.Add(item());
        return items;
    }

    private T Nested<T>(Func<T> inner)
    {
        if (++_depth > MaxDepth)
            throw new QueryException(Current.Position, $"the query is nested deeper than {MaxDepth} levels");
        var result = inner();
        _depth--;
        return result;
    }

    private static QueryExpression.Constant Constant(QueryValue value) => new(value);

    private static QueryValue? ConstantOf(QueryToken token) =>
        token.IsKeyword("true") ? QueryValue.True
        : token.IsKeyword("false") ? QueryValue.False
        : token.IsKeyword("null") ? QueryValue.Null
        : token.IsKeyword("undefined") ? QueryValue.Undefined
        : null;

    private static bool IsReserved(QueryToken token) => ((string[])["SELECT", "FROM", "WHERE", "GROUP", "BY", "AND", "OR", "NOT", "IN", "NIN", "AS", "TOP"]).Any(token.IsKeyword);

    private static double NumberOf(QueryToken token) => token.Text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        ? long.TryParse(token.Text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number) ? number : throw new QueryException(token.Position, $"{token} is no hexadecimal number of at most 64 bits")
        : double.Parse(token.Text, CultureInfo.InvariantCulture);

    private long WholeNumber()
    {
        var token = Current;
        if (token.Kind != QueryTokenKind.Number || !long.TryParse(token.Text, CultureInfo.InvariantCulture, out var number) || number == 0)
            throw Unexpected(token, "how many results, from 1");
        _next++;
        return number;
    }

    private string NameText()
    {
        var token = Current;
        if (token.Kind is not (QueryTokenKind.Word or QueryTokenKind.Quoted))
            throw Unexpected(token, "a name");
        _next++;
        return token.Text;
    }

    private QueryToken Word(string expected)
    {
        var token = Current;
        if (token.Kind != QueryTokenKind.Word)
            throw Unexpected(token, expected);
        _next++;
        return token;
    }

    private bool Take(string keyword)
    {
        if (!Current.IsKeyword(keyword))
            return false;
        _next++;
        return true;
    }

    private bool TakeSymbol(string symbol)
    {
        if (!Current.Is(symbol))
            return false;
        _next++;
        return true;
    }

    private void Expect(string keyword)
    {
        if (!Take(keyword))
            throw Unexpected(Current, keyword);
    }

    private void ExpectSymbol(string symbol)
    {
        if (!TakeSymbol(symbol))
            throw Unexpected(Current, $"'{symbol}'");
    }

    private void End()
    {
        if (Current.Kind != QueryTokenKind.End)
            throw Unexpected(Current, "the end of the query");
    }

    private static QueryException Unexpected(QueryToken token, string expected) => new(token.Position, $"{token} stands where {expected} is expected");
}
