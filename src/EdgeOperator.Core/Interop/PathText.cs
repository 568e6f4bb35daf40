using System.Text;

namespace EdgeOperator.Core.Interop;

/// <summary>Paths as text: nothing is looked at, so links are the caller's to resolve.</summary>
internal static class PathText
{
    /// <summary>
    /// A path of a Windows host with backslashes only, without <c>\\?\</c>, and with <c>.</c>, <c>..</c> and doubled separators
    /// taken out; null when it is not absolute or would leave its root.
    /// </summary>
    public static string? Windows(string path)
    {
        path = path.Replace('/', '\\');
        if (path.StartsWith(@"\\?\UNC\", StringComparison.OrdinalIgnoreCase))
            path = @"\\" + path[8..];
        else if (path.StartsWith(@"\\?\", StringComparison.Ordinal))
            path = path[4..];

        if (path is [_, ':', '\\', ..] && char.IsAsciiLetter(path[0]))
            return Collapse(path, 2, '\\');
        if (!path.StartsWith(@"\\", StringComparison.Ordinal))
            return null;

        // ".." does not lead out of a share.
        var server = path.IndexOf('\\', 2);
        var share = server < 0 ? -1 : path.IndexOf('\\', server + 1);
        return server <= 2 || path.Length == server + 1 ? null : share < 0 ? path : Collapse(path, share, '\\');
    }

    /// <summary>An absolute Unix path without <c>.</c>, <c>..</c> and doubled separators; null when it is not absolute or would leave the root.</summary>
    public static string? Unix(string path) => path.StartsWith('/') ? Collapse(path, 0, '/') : null;

    /// <summary>Whether <paramref name="path"/> is <paramref name="folder"/>, which has no separator at its end, or lies in it.</summary>
    public static bool IsIn(string path, string folder, char separator, StringComparison comparison) =>
        path.StartsWith(folder, comparison) && (path.Length == folder.Length || path[folder.Length] == separator);

    /// <summary>
    /// Characters that NTFS can't have in a name, moved to the private range that DrvFs shows them from
    /// (U+F000 and up; microsoft/WSL, src/linux/init/escape.cpp).
    /// </summary>
    public static string EscapeForNtfs(string path) => Map(path, c => IsIllegalInNtfs(c) ? (char)(0xF000 + c) : c);

    public static string UnescapeFromNtfs(string path) => Map(path, c => c is > '\uF000' and < '\uF080' && IsIllegalInNtfs((char)(c - 0xF000)) ? (char)(c - 0xF000) : c);

    // A separator at the end is kept, as wslpath does.
    private static string? Collapse(string path, int root, char separator)
    {
        var parts = new List<string>();
        foreach (var part in path[(root + 1)..].Split(separator))
        {
            if (part is "" or ".")
                continue;
            if (part != "..")
                parts.Add(part);
            else if (parts.Count == 0)
                return null;
            else
                parts.RemoveAt(parts.Count - 1);
        }

        var end = parts.Count > 0 && path[^1] == separator ? separator.ToString() : "";
        return $"{path[..root]}{separator}{string.Join(separator, parts)}{end}";
    }

    private static string Map(string text, Func<char, char> map)
    {
        var result = new StringBuilder(text);
        for (var i = 0; i < result.Length; i++)
            result[i] = map(result[i]);
        return result.ToString();
    }

    private static bool IsIllegalInNtfs(char c) => c is < ' ' and not '\t' or '"' or '*' or ':' or '<' or '>' or '?' or '\\' or '|';
}
