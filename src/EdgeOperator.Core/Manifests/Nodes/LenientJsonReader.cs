using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace EdgeOperator.Core.Manifests.Nodes;

/// <summary>
/// Reads what Newtonsoft.Json takes for JSON, as .NET programs such as IoT Edge's own do: names and texts in single quotes, names
/// without quotes, comments, commas behind the last item, any white space, line ends in texts, hexadecimal and octal numbers, and
/// names that stand twice, of which the last counts. Beyond that, <c>${NAME}</c> may stand wherever a value may. Any text gives a
/// node or a problem, never an exception.
/// </summary>
internal sealed class LenientJsonReader
{
    private readonly string _file;
    private readonly string _text;
    private readonly NodeBudget _budget = new();
    private readonly SortedSet<string> _deviations = new(StringComparer.Ordinal);

    private int _at;
    private int _counted;
    private int _line = 1;
    private int _lineStart;

    private LenientJsonReader(string file, string text) => (_file, _text) = (file, text);

    /// <param name="deviations">What in the text is not JSON, each once: <c>names without quotes</c>.</param>
    /// <returns>Null after a problem.</returns>
    public static Node? Read(string file, string text, ProblemCollector problems, out IReadOnlyCollection<string> deviations)
    {
        var reader = new LenientJsonReader(file, text);
        deviations = reader._deviations;
        try
        {
            var root = reader.Value(depth: 0);
            reader.SkipSpace();
            return reader._at == text.Length ? root : throw reader.Unexpected("the end");
        }
        catch (UnreadableException e)
        {
            problems.Add(e.Problem);
            return null;
        }
    }

    public const string Variables = "variables without quotes";
    public const string Comments = "comments";
    public const string TrailingCommas = "a comma behind the last item";

    private char Current => _at < _text.Length ? _text[_at] : '\0';

    private bool IsAtEnd => _at >= _text.Length;

    private Position Here()
    {
        for (; _counted < _at; _counted++)
        {
            if (_text[_counted] == '\n')
                (_line, _lineStart) = (_line + 1, _counted + 1);
        }

        return new(_file, _line, _at - _lineStart + 1);
    }

    private Node Value(int depth)
    {
        SkipSpace();
        var where = Here();
        switch (Current)
        {
            case '{':
                Enter(depth, where);
                return Map(depth + 1, where);
            case '[':
                Enter(depth, where);
                return List(depth + 1, where);
            case '"' or '\'':
                return Scalar(Quoted(), ScalarKind.String, where, isPlain: false);
            case '$' when Variable() is { } variable:
                _deviations.Add(Variables);
                return Scalar(variable, ScalarKind.String, where, isPlain: true);
            default:
                return Word(where);
        }
    }

    private void Enter(int depth, Position where)
    {
        NodeBudget.CheckDepth(depth + 1, where);
        _budget.Spend(1, where);
        _at++;
    }

    private MapNode Map(int depth, Position where)
    {
        var entries = new Dictionary<string, MapEntry>(StringComparer.Ordinal);
        var order = new List<string>();
        for (var isFirst = true; ; isFirst = false)
        {
            SkipSpace();
            if (Current == '}' && !IsAtEnd)
            {
                if (!isFirst)
                    _deviations.Add(TrailingCommas);
                break;
            }

            var keyWhere = Here();
            var key = Name();
            _budget.Spend(Limits.CostOf(key), keyWhere);
            SkipSpace();
            Take(':');
            var value = Value(depth);
            if (entries.ContainsKey(key))
                _deviations.Add($"the name {Quote.Short(key)} twice, of which the last counts");
            else
                order.Add(key);
            entries[key] = new(key, keyWhere, value);
            SkipSpace();
            if (Current != ',')
                break;
            _at++;
        }

        Take('}');
        return new(where, [.. order.Select(key => entries[key])]);
    }

    private ListNode List(int depth, Position where)
    {
        var items = ImmutableArray.CreateBuilder<Node>();
        while (true)
        {
            SkipSpace();
            if (Current == ']')
            {
                if (items.Count > 0)
                    _deviations.Add(TrailingCommas);
                break;
            }

            items.Add(Value(depth));
            SkipSpace();
            if (Current != ',')
                break;
            _at++;
        }

        Take(']');
        return new(where, items.ToImmutable());
    }

    private string Name()
    {
        if (Current is '"' or '\'')
            return Quoted();
        var start = _at;
        while (!IsAtEnd && (char.IsLetterOrDigit(Current) || Current is '_' or '$'))
            _at++;
        if (_at == start)
            throw Unexpected("a name");
        _deviations.Add("names without quotes");
        return _text[start.._at];
    }

    private string Quoted()
    {
        var quote = Current;
        if (quote == '\'')
            _deviations.Add("single quotes");
        var start = Here();
        var result = new StringBuilder();
        for (_at++; !IsAtEnd; _at++)
        {
            if (Current == quote)
            {
                _at++;
                return result.ToString();
            }

            if (Current == '\\')
                result.Append(Escape());
            else
                result.Append(Control(Current));
        }

        throw new UnreadableException(start, "not valid JSON: the text that begins here never ends", $"close it with {quote}");
    }

    private char Control(char c)
    {
        if (c < ' ')
            _deviations.Add("line ends or control characters in texts");
        return c;
    }

    // Stands at the backslash; ends at the last character of the escape.
    private char Escape()
    {
        _at++;
        switch (Current)
        {
            case 'b': return '\b';
            case 't': return '\t';
            case 'n': return '\n';
            case 'f': return '\f';
            case 'r': return '\r';
            case '"' or '\\' or '/' or '\'':
                return Current;
            case 'u' when _at + 4 < _text.Length && ushort.TryParse(_text.AsSpan(_at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                _at += 4;
                return (char)code;
            default:
                throw Unexpected("an escape such as \\n, \\\\ or \\u00e4");
        }
    }

    // `${NAME}`; what is in the braces is for the rendering to judge.
    private string? Variable()
    {
        if (_at + 1 >= _text.Length || _text[_at + 1] != '{' || _text.IndexOf('}', _at) is not (> 0 and var end))
            return null;
        var variable = _text[_at..(end + 1)];
        _at = end + 1;
        return variable;
    }

    private ScalarNode Word(Position where)
    {
        var start = _at;
        while (!IsAtEnd && !char.IsWhiteSpace(Current) && Current is not (',' or ':' or '{' or '}' or '[' or ']' or '"' or '\'' or '/'))
            _at++;
        var word = _text[start.._at];
        if (word.Length == 0)
            throw Unexpected("a value");
        if (word is "true" or "false")
            return Scalar(word, ScalarKind.Boolean, where, isPlain: true);
        if (word is "null")
            return Scalar(word, ScalarKind.Null, where, isPlain: true);
        if (word is "undefined")
            return Deviant("undefined", "null", ScalarKind.Null, where);
        return Number(word, where) ?? throw new UnreadableException(where, $"not valid JSON: {Quote.Short(word)} is no value", "put texts in double quotes");
    }

    private ScalarNode? Number(string word, Position where)
    {
        var digits = word.TrimStart('-');
        var sign = word.Length - digits.Length;
        if (sign > 1 || digits.Length == 0 || !(char.IsAsciiDigit(digits[0]) || digits[0] == '.'))
            return null;
        var isHex = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (isHex || (digits.Length > 1 && digits[0] == '0' && digits.All(char.IsAsciiDigit)))
        {
            return ToInteger(digits, isHex) is { } value
                ? Deviant("hexadecimal or octal numbers", (sign == 1 ? -value : value).ToString(CultureInfo.InvariantCulture), ScalarKind.Integer, where)
                : null;
        }

        var kind = PlainScalar.KindOf(word);
        if (kind is not (ScalarKind.Integer or ScalarKind.Number))
            return null;
        return digits[0] == '.' || digits.EndsWith('.')
            ? Deviant("numbers that begin or end with a point", double.Parse(word, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture), kind, where)
            : Scalar(word, kind, where, isPlain: true);
    }

    private static long? ToInteger(string digits, bool isHex)
    {
        try
        {
            return isHex ? Convert.ToInt64(digits, 16) : Convert.ToInt64(digits, 8);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            return null;
        }
    }

    private ScalarNode Deviant(string what, string text, ScalarKind kind, Position where)
    {
        _deviations.Add(what);
        return Scalar(text, PlainScalar.KindOf(text) is var shown and not ScalarKind.String ? shown : kind, where, isPlain: true);
    }

    private ScalarNode Scalar(string text, ScalarKind kind, Position where, bool isPlain)
    {
        _budget.Spend(Limits.CostOf(text), where);
        return new(where, text, kind, isPlain);
    }

    private void SkipSpace()
    {
        while (!IsAtEnd)
        {
            if (char.IsWhiteSpace(Current) || Current == '\uFEFF')
            {
                if (Current is not (' ' or '\t' or '\r' or '\n'))
                    _deviations.Add("unusual white space");
                _at++;
            }
            else if (Current == '/' && _at + 1 < _text.Length && _text[_at + 1] is '/' or '*')
            {
                SkipComment();
            }
            else
            {
                return;
            }
        }
    }

    private void SkipComment()
    {
        _deviations.Add(Comments);
        var start = Here();
        if (_text[_at + 1] == '/')
        {
            while (!IsAtEnd && Current is not ('\n' or '\r'))
                _at++;
            return;
        }

        var end = _text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
        _at = end >= 0 ? end + 2 : throw new UnreadableException(start, "not valid JSON: the comment that begins here never ends", "close it with */");
    }

    private void Take(char wanted)
    {
        if (IsAtEnd || Current != wanted)
            throw Unexpected($"'{wanted}'");
        _at++;
    }

    private UnreadableException Unexpected(string wanted) => new(
        Here(), $"not valid JSON: {(IsAtEnd ? "the end" : Quote.Short(Current.ToString()))} stands where {wanted} is expected", "correct the JSON here");
}
