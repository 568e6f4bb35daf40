namespace EdgeOperator.Core.Kinds.SystemUpdate.Packages;

/// <summary>Versions of Debian's packages, <c>[epoch:]upstream[-revision]</c>, in the order that deb-version(7) gives them.</summary>
public static class DebianVersion
{
    /// <returns>Negative when the first is older, 0 when both are equal, positive when it is newer.</returns>
    public static int Compare(string one, string other)
    {
        var (a, b) = (Split(one), Split(other));
        return Numbers(a.Epoch, b.Epoch) is var epoch and not 0 ? epoch
            : Parts(a.Upstream, b.Upstream) is var upstream and not 0 ? upstream
            : Parts(a.Revision, b.Revision);
    }

    private static (string Epoch, string Upstream, string Revision) Split(string version)
    {
        var colon = version.IndexOf(':', StringComparison.Ordinal);
        var rest = version[(colon + 1)..];
        var dash = rest.LastIndexOf('-');
        return (colon < 0 ? "0" : version[..colon], dash < 0 ? rest : rest[..dash], dash < 0 ? "0" : rest[(dash + 1)..]);
    }

    // By turns what are no digits, compared by letters before all else and ~ before the end, and digits, compared as numbers.
    private static int Parts(string one, string other)
    {
        var (i, j) = (0, 0);
        while (i < one.Length || j < other.Length)
        {
            while ((i < one.Length && !char.IsAsciiDigit(one[i])) || (j < other.Length && !char.IsAsciiDigit(other[j])))
            {
                if (Weight(one, i) - Weight(other, j) is var difference and not 0)
                    return difference;
                (i, j) = (i + 1, j + 1);
            }

            var (a, b) = (Digits(one, i), Digits(other, j));
            if (Numbers(a, b) is var order and not 0)
                return order;
            (i, j) = (i + a.Length, j + b.Length);
        }

        return 0;
    }

    private static int Weight(string text, int at) => at >= text.Length || char.IsAsciiDigit(text[at]) ? 0
        : text[at] == '~' ? -1
        : char.IsAsciiLetter(text[at]) ? text[at]
        : text[at] + 256;

    private static string Digits(string text, int from) => from >= text.Length ? "" : string.Concat(text.Skip(from).TakeWhile(char.IsAsciiDigit));

    private static int Numbers(string one, string other)
    {
        var (a, b) = (one.TrimStart('0'), other.TrimStart('0'));
        return a.Length != b.Length ? a.Length - b.Length : string.CompareOrdinal(a, b);
    }
}
