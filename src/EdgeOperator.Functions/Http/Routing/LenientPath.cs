using System.Buffers;

namespace EdgeOperator.Functions.Http.Routing;

/// <summary>
/// A path as a program might read it that is more lenient than this host: decoded more than once, separators decoded too, with backslashes for
/// slashes, without parameters of segments (<c>;x=y</c>), control characters and empty segments, and ended by an encoded <c>?</c> or <c>#</c>.
/// </summary>
/// <param name="Climbs">Whether there are dot segments only then: no honest client writes so.</param>
internal readonly record struct LenientPath(string Path, bool Climbs)
{
    private const int MostDecodings = 4;

    private static readonly SearchValues<char> Telling = SearchValues.Create("%\\;?#\t\r\n\0");

    /// <param name="path">As Kestrel gives it: decoded once, but for slashes unless the target is an absolute one, and without dot segments, unless decoding made them.</param>
    /// <returns>Null where there is one reading only.</returns>
    public static LenientPath? Of(string path)
    {
        if (!path.AsSpan().ContainsAny(Telling) && !path.Contains("//", StringComparison.Ordinal) && !path.Contains("/.", StringComparison.Ordinal))
        {
            return null;
        }

        for (var i = 0; i < MostDecodings && path.Contains('%'); i++)
        {
            path = Uri.UnescapeDataString(path);
        }

        var end = path.AsSpan().IndexOfAny('?', '#', '\0');
        var kept = new List<string>();
        var climbs = false;
        foreach (var segment in (end < 0 ? path : path[..end]).Replace('\\', '/').Split('/'))
        {
            var name = string.Concat(segment.TakeWhile(c => c != ';').Where(c => !char.IsControl(c)));
            climbs |= name is "." or "..";
            if (name == ".." && kept.Count > 0)
            {
                kept.RemoveAt(kept.Count - 1);
            }
            else if (name is not ("" or "." or ".."))
            {
                kept.Add(name);
            }
        }

        return new("/" + string.Join('/', kept), climbs);
    }
}
