using System.Globalization;
using System.Text;

namespace EdgeOperator.Git.Tree;

/// <summary>
/// What Git LFS commits in the place of a file: a text of some lines that names the content by hash and size. Format:
/// https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md.
/// </summary>
/// <param name="Sha256">Of the content, in lower-case hex.</param>
/// <param name="Size">Of the content, in bytes.</param>
/// <param name="HasExtensions">Whether the content has been transformed by programs of whoever committed it.</param>
internal sealed record LfsPointer(string Sha256, long Size, bool HasExtensions = false)
{
    /// <summary>By the format, a pointer is shorter.</summary>
    private const int MaxLength = 1024;

    private static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    // The others are of Git LFS before its first release, which still reads them.
    private static readonly string[] Versions =
        ["version https://git-lfs.github.com/spec/v1", "version https://hawser.github.com/spec/v1", "version http://git-media.io/v/2"];

    /// <summary>Null for any other content.</summary>
    public static LfsPointer? Parse(ReadOnlySpan<byte> content)
    {
        // Git LFS itself overlooks white space around a pointer, and editors put a byte order mark in front of it.
        if (content.Length >= MaxLength)
            return null;
        if (content.StartsWith("\uFEFF"u8))
            content = content[3..];
        content = content.Trim(" \t\r\n"u8);
        if (!content.StartsWith("version "u8))
            return null;

        var lines = Utf8.GetString(content).Split('\n').Select(line => line.TrimEnd()).ToArray();
        const string oid = "oid sha256:", size = "size ";
        return Versions.Contains(lines[0])
            && lines.FirstOrDefault(line => line.StartsWith(oid, StringComparison.Ordinal))?[oid.Length..] is { Length: 64 } hash
            && hash.All(char.IsAsciiHexDigitLower)
            && lines.FirstOrDefault(line => line.StartsWith(size, StringComparison.Ordinal))?[size.Length..] is { } digits
            && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? new(hash, bytes, lines.Any(line => line.StartsWith("ext-", StringComparison.Ordinal)))
            : null;
    }
}
