using System.Globalization;
using System.Text;

namespace EdgeOperator.Agent.Sources.Tree;

/// <summary>
/// What Git LFS commits in the place of a file: a text of some lines that names the content by hash and size. Format:
/// https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md.
/// </summary>
/// <param name="Sha256">Of the content, in lower-case hex.</param>
/// <param name="Size">Of the content, in bytes.</param>
internal sealed record LfsPointer(string Sha256, long Size)
{
    /// <summary>By the format, a pointer is shorter.</summary>
    private const int MaxLength = 1024;

    // The second is of Git LFS before its first release, which still reads it.
    private static readonly string[] Versions = ["version https://git-lfs.github.com/spec/v1", "version https://hawser.github.com/spec/v1"];

    /// <summary>Null for any other content.</summary>
    public static LfsPointer? Parse(ReadOnlySpan<byte> content)
    {
        if (content.Length >= MaxLength || !content.StartsWith("version "u8))
            return null;

        var lines = Encoding.UTF8.GetString(content).Split('\n').Select(line => line.TrimEnd('\r')).ToArray();
        const string oid = "oid sha256:", size = "size ";
        return Versions.Contains(lines[0])
            && lines.FirstOrDefault(line => line.StartsWith(oid, StringComparison.Ordinal))?[oid.Length..] is { Length: 64 } hash
            && hash.All(char.IsAsciiHexDigitLower)
            && lines.FirstOrDefault(line => line.StartsWith(size, StringComparison.Ordinal))?[size.Length..] is { } digits
            && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? new(hash, bytes)
            : null;
    }
}
