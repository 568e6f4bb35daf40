using System.Text;

namespace EdgeOperator.Core.Secrets.Age;

/// <summary>The ASCII form of an age file: strict PEM with lines of 64 columns.</summary>
internal static class AgeArmor
{
    private const string Begin = "-----BEGIN AGE ENCRYPTED FILE-----";
    private const string End = "-----END AGE ENCRYPTED FILE-----";
    private const int Columns = 64;

    public static bool IsArmored(ReadOnlySpan<byte> file) => file.TrimStart(" \t\r\n"u8).StartsWith("-----BEGIN"u8);

    /// <exception cref="SecretFormatException">It is no armor.</exception>
    public static byte[] Remove(ReadOnlySpan<byte> file)
    {
        var lines = Encoding.Latin1.GetString(file).Trim(' ', '\t', '\r', '\n').ReplaceLineEndings("\n").Split('\n');
        var body = lines.Length > 2 ? lines[1..^1] : [];
        var isWellFormed = lines[0] == Begin && lines[^1] == End && body.Length > 0
            && body[..^1].All(line => line.Length == Columns) && body[^1].Length is > 0 and <= Columns;
        if (!isWellFormed)
            throw Malformed();
        try
        {
            var text = string.Concat(body);
            var bytes = Convert.FromBase64String(text);
            return Convert.ToBase64String(bytes) == text ? bytes : throw Malformed();
        }
        catch (FormatException)
        {
            throw Malformed();
        }
    }

    public static string Add(ReadOnlySpan<byte> file)
    {
        var body = Convert.ToBase64String(file);
        var text = new StringBuilder(Begin).Append('\n');
        for (var start = 0; start < body.Length; start += Columns)
            text.Append(body, start, Math.Min(Columns, body.Length - start)).Append('\n');
        return text.Append(End).Append('\n').ToString();
    }

    private static SecretFormatException Malformed() => new(SecretFailure.Malformed, "not a valid age file: its armor is malformed");
}
