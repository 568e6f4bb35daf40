using System.Globalization;
using System.Text;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Secrets.Sops;

/// <summary>A single value as SOPS types it, and the bytes that it enters a MAC with (getsops/sops, sops.go, ToBytes).</summary>
internal static class SopsScalar
{
    /// <summary>The type's name in an encrypted value, and the value's bytes.</summary>
    /// <param name="kind">Not null.</param>
    public static (string Type, byte[] Bytes) Of(string text, ScalarKind kind)
    {
        var (type, canonical) = kind switch
        {
            ScalarKind.Boolean => ("bool", text[0] is 't' or 'T' ? "True" : "False"),
            ScalarKind.Integer => ("int", PlainScalar.ToInteger(text).ToString(CultureInfo.InvariantCulture)),
            ScalarKind.Number => ("float", Decimals(double.Parse(text, CultureInfo.InvariantCulture))),
            _ => ("str", text),
        };
        return (type, Encoding.UTF8.GetBytes(canonical));
    }

    /// <summary>Whether YAML's parser in Go may take a plain text, which is a string here, for a number or a time: <c>0644</c>, <c>2026-01-01</c>.</summary>
    public static bool IsAmbiguous(string text) => text.Length > 0 && (char.IsAsciiDigit(text[0]) || text[0] is '+' or '-' or '.');

    /// <summary>The shortest decimal digits, without an exponent: Go's <c>FormatFloat(v, 'f', -1, 64)</c>.</summary>
    public static string Decimals(double value)
    {
        var round = value.ToString("R", CultureInfo.InvariantCulture);
        if (!round.Contains('E', StringComparison.Ordinal))
            return round;
        var sign = round.StartsWith('-') ? "-" : "";
        var parts = round.TrimStart('-').Split('E');
        var exponent = int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        var point = 1 + exponent;
        return sign + (point <= 0 ? $"0.{new string('0', -point)}{digits}"
            : point >= digits.Length ? digits.PadRight(point, '0')
            : $"{digits[..point]}.{digits[point..]}");
    }
}
