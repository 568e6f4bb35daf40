using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Twins.Query;

/// <summary>A value in a query. What a row lacks is undefined, which is neither null nor equal to anything.</summary>
public readonly record struct QueryValue
{
    private readonly double _number;
    private readonly string? _text;
    private readonly JsonNode? _node;

    private QueryValue(Kind type, double number = 0, string? text = null, JsonNode? node = null) => (Type, _number, _text, _node) = (type, number, text, node);

    private enum Kind
    {
        Undefined,
        Null,
        Boolean,
        Number,
        Text,
        Structure,
    }

    public static QueryValue Undefined => default;

    public static QueryValue Null => new(Kind.Null);

    public static QueryValue True => new(Kind.Boolean, 1);

    public static QueryValue False => new(Kind.Boolean);

    public bool IsDefined => Type != Kind.Undefined;

    public bool IsTrue => Type == Kind.Boolean && _number != 0;

    /// <summary>Null for what is no number.</summary>
    public double? Number => Type == Kind.Number ? _number : null;

    /// <summary>Null for what is no text.</summary>
    public string? Text => Type == Kind.Text ? _text : null;

    /// <summary>Null for what is no boolean.</summary>
    public bool? Boolean => Type == Kind.Boolean ? _number != 0 : null;

    private Kind Type { get; }

    public static QueryValue Of(bool value) => value ? True : False;

    public static QueryValue Of(double value) => new(Kind.Number, value);

    public static QueryValue Of(string value) => new(Kind.Text, text: value);

    /// <param name="value">A value that is there; null is JSON's null.</param>
    public static QueryValue Of(JsonNode? value) => value?.GetValueKind() switch
    {
        null => Null,
        JsonValueKind.True => True,
        JsonValueKind.False => False,
        JsonValueKind.Number => new(Kind.Number, double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture), node: value),
        JsonValueKind.String => Of(value.GetValue<string>()),
        _ => new(Kind.Structure, node: value),
    };

    /// <returns>Null when either is undefined, or either holds an object or array.</returns>
    public static bool? AreEqual(QueryValue left, QueryValue right)
    {
        if (left.Type is Kind.Undefined or Kind.Structure || right.Type is Kind.Undefined or Kind.Structure)
            return null;
        return left.Type == right.Type && left._number.Equals(right._number) && left._text == right._text;
    }

    /// <returns>Null unless both are numbers, or both are texts.</returns>
    public static int? Compare(QueryValue left, QueryValue right) => (left.Type, right.Type) switch
    {
        (Kind.Number, Kind.Number) => left._number.CompareTo(right._number),
        (Kind.Text, Kind.Text) => string.CompareOrdinal(left._text, right._text),
        _ => null,
    };

    /// <summary>As JSON; undefined has none and is null too.</summary>
    public JsonNode? ToJson() => Type switch
    {
        Kind.Boolean => _number != 0,
        Kind.Number => _node?.DeepClone() ?? Whole(_number),
        Kind.Text => _text,
        Kind.Structure => _node!.DeepClone(),
        _ => null,
    };

    private static JsonValue Whole(double number) => Math.Abs(number) < 1e15 && Math.Floor(number) == number ? JsonValue.Create((long)number) : JsonValue.Create(number);

}
