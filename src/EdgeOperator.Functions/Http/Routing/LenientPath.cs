using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace EdgeOperator.Functions.Http.Routing;

/// <summary>
/// A path as a program might read it that is more lenient than this host: decoded more than once, separators decoded too, with backslashes for
/// slashes, without parameters of segments (<c>;x=y</c>), control characters and empty segments, ended by an encoded <c>?</c> or <c>#</c>, with
/// what Unicode folds to ASCII, bytes that only a lenient UTF-8 decoder takes, and without what Windows ignores at the end of a name.
/// </summary>
/// <param name="Climbs">Whether there are dot segments only then: no honest client writes so.</param>
internal readonly partial record struct LenientPath(string Path, bool Climbs)
{
    private const int MostDecodings = 4;

    private static readonly SearchValues<char> Telling = SearchValues.Create("%\\;?#:. \t\r\n\0");

    /// <param name="path">As Kestrel gives it: decoded once, but for slashes unless the target is an absolute one, and without dot segments, unless decoding made them.</param>
    /// <returns>Null where there is one reading only.</returns>
    public static LenientPath? Of(string path)
    {
        if (!path.AsSpan().ContainsAny(Telling) && !path.Contains("//", StringComparison.Ordinal) && !path.AsSpan().ContainsAnyExceptInRange('\0', '\x7f'))
        {
            return null;
        }

        for (var i = 0; i < MostDecodings && path.Contains('%'); i++)
        {
            path = Uri.UnescapeDataString(Foreign().Replace(path, Decode));
        }

        path = string.Concat(WithPlainDigits(path).Select(Folded));
        var end = path.AsSpan().IndexOfAny('?', '#', '\0');
        var kept = new List<string>();
        var climbs = false;
        foreach (var segment in (end < 0 ? path : path[..end]).Replace('\\', '/').Split('/'))
        {
            var name = string.Concat(segment.TakeWhile(c => c is not (';' or ':')).Where(c => !char.IsControl(c)));
            climbs |= name is "." or "..";
            name = name is ".." ? name : name.TrimEnd('.', ' ');
            if (name == ".." && kept.Count > 0)
            {
                kept.RemoveAt(kept.Count - 1);
            }
            else if (name is not ("" or ".."))
            {
                kept.Add(name);
            }
        }

        return new("/" + string.Join('/', kept), climbs);
    }

    /// <summary>With ASCII's digits for those of all scripts, which many programs take for numbers too.</summary>
    private static string WithPlainDigits(string path) =>
        string.Concat(path.EnumerateRunes().Select(r => Rune.IsDigit(r) ? ((int)Rune.GetNumericValue(r)).ToString(CultureInfo.InvariantCulture) : r.ToString()));

    /// <summary>The ASCII character that Unicode's case folding or compatibility decomposition makes of one; itself otherwise.</summary>
    private static char Folded(char c) => c switch
    {
        '\u017f' => 's',
        '\u212a' => 'k',
        '\u0130' or '\u0131' => 'i',
        '\u3000' => ' ',
        '\u2024' or '\ufe52' => '.',
        '\u2044' or '\u2215' or '\u29f8' => '/',
        '\u2216' or '\u29f5' or '\ufe68' => '\\',
        >= '\uff01' and <= '\uff5e' => (char)(c - 0xfee0),
        _ => c,
    };

    private static string Decode(Match match)
    {
        var digits = match.Value.Replace("%", "", StringComparison.Ordinal).TrimStart('u', 'U');
        var value = int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return match.Value[1] is 'u' or 'U' ? ((char)value).ToString() : ((char)(digits.Length switch
        {
            4 => ((value >> 8 & 0x1f) << 6) | (value & 0x3f),
            _ => ((value >> 8 & 0x3f) << 6) | (value & 0x3f),
        })).ToString();
    }

    // Characters of one byte in two or three, which UTF-8 forbids, and IIS's way to write UTF-16.
    [GeneratedRegex("%[cC][01]%[89abAB][0-9a-fA-F]|%[eE]0%8[01]%[89abAB][0-9a-fA-F]|%[uU][0-9a-fA-F]{4}", RegexOptions.NonBacktracking)]
    private static partial Regex Foreign();
}
