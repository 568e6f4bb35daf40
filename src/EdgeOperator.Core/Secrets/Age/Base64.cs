namespace EdgeOperator.Core.Secrets.Age;

/// <summary>Base64 without padding and in one spelling only, as age's header has it.</summary>
internal static class Base64
{
    public static string Encode(ReadOnlySpan<byte> data) => Convert.ToBase64String(data).TrimEnd('=');

    /// <summary>Null unless the text is what <see cref="Encode"/> makes of some bytes.</summary>
    public static byte[]? Decode(string text)
    {
        if (text.Length % 4 == 1 || text.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('+' or '/')))
            return null;
        var data = Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='));
        return Encode(data) == text ? data : null;
    }
}
