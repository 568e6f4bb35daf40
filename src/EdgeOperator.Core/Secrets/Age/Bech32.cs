using System.Text;

namespace EdgeOperator.Core.Secrets.Age;

/// <summary>Bech32 (BIP 173) without its limit of 90 characters, as age writes keys.</summary>
internal static class Bech32
{
    private const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private const int ChecksumLength = 6;

    private static readonly uint[] Generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

    /// <param name="prefix">In lower case.</param>
    public static string Encode(string prefix, ReadOnlySpan<byte> data)
    {
        var values = Regroup(data, 8, 5, pad: true)!;
        var checksum = Polymod([.. Expand(prefix), .. values, .. new byte[ChecksumLength]]) ^ 1;
        var text = new StringBuilder(prefix).Append('1');
        foreach (var value in values)
            text.Append(Alphabet[value]);
        for (var i = 0; i < ChecksumLength; i++)
            text.Append(Alphabet[(int)(checksum >> (5 * (5 - i))) & 31]);
        return text.ToString();
    }

    /// <summary>The data of a text; null unless it is a text of the given prefix, in one case throughout.</summary>
    public static byte[]? Decode(string text, string prefix)
    {
        var lower = text.ToLowerInvariant();
        if ((text.Any(char.IsUpper) && text.Any(char.IsLower)) || !lower.StartsWith($"{prefix}1", StringComparison.Ordinal))
            return null;
        var values = new byte[lower.Length - prefix.Length - 1];
        if (values.Length < ChecksumLength)
            return null;
        for (var i = 0; i < values.Length; i++)
        {
            if (Alphabet.IndexOf(lower[prefix.Length + 1 + i], StringComparison.Ordinal) is not (>= 0 and var value))
                return null;
            values[i] = (byte)value;
        }

        return Polymod([.. Expand(prefix), .. values]) == 1 ? Regroup(values.AsSpan(..^ChecksumLength), 5, 8, pad: false) : null;
    }

    private static IEnumerable<byte> Expand(string prefix) =>
        [.. prefix.Select(c => (byte)(c >> 5)), 0, .. prefix.Select(c => (byte)(c & 31))];

    private static uint Polymod(byte[] values)
    {
        var sum = 1u;
        foreach (var value in values)
        {
            var top = sum >> 25;
            sum = ((sum & 0x1ffffff) << 5) ^ value;
            for (var i = 0; i < Generator.Length; i++)
                sum ^= ((top >> i) & 1) == 0 ? 0 : Generator[i];
        }

        return sum;
    }

    /// <returns>Null when what is left over is not padding.</returns>
    private static byte[]? Regroup(ReadOnlySpan<byte> data, int from, int to, bool pad)
    {
        var (gathered, bits) = (0, 0);
        var result = new List<byte>((data.Length * from / to) + 1);
        foreach (var value in data)
        {
            gathered = ((gathered << from) | value) & 0xfff;
            for (bits += from; bits >= to;)
            {
                bits -= to;
                result.Add((byte)((gathered >> bits) & ((1 << to) - 1)));
            }
        }

        var rest = (gathered << (to - bits)) & ((1 << to) - 1);
        if (pad && bits > 0)
            result.Add((byte)rest);
        return pad || (bits < from && rest == 0) ? [.. result] : null;
    }
}
