using System.Globalization;
using System.Text.RegularExpressions;

namespace EdgeOperator.Core.Manifests.Nodes;

/// <summary>
/// What an unquoted scalar means: YAML 1.2's core schema, with two exceptions that keep values as they were written.
/// A decimal number with a leading zero (<c>0644</c>, <c>007</c>) is a string, since YAML 1.1 and 1.2 read different
/// numbers; so are infinities, NaN and numbers beyond a double, which JSON lacks. <c>yes</c>, <c>no</c>, <c>on</c>
/// and <c>off</c> are strings.
/// </summary>
public static partial class PlainScalar
{
    public static ScalarKind KindOf(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => ScalarKind.Null,
        "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => ScalarKind.Boolean,
        _ when text.Length > 400 => ScalarKind.String,
        _ when Integer().IsMatch(text) => ScalarKind.Integer,
        _ when Number().IsMatch(text) && IsFinite(text) => ScalarKind.Number,
        _ => ScalarKind.String,
    };

    /// <summary>The value of a text of kind <see cref="ScalarKind.Integer"/>, which by its length fits into 64 bits.</summary>
    public static long ToInteger(string text) => text switch
    {
        ['0', 'x', .. var hex] => Convert.ToInt64(hex, 16),
        ['0', 'o', .. var octal] => Convert.ToInt64(octal, 8),
        _ => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
    };

    private static bool IsFinite(string text) => double.IsFinite(double.Parse(text, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^(?:[-+]?(?:0|[1-9][0-9]{0,17})|0o[0-7]{1,20}|0x[0-9a-fA-F]{1,15})\z")]
    private static partial Regex Integer();

    [GeneratedRegex(@"^[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\z")]
    private static partial Regex Number();
}
