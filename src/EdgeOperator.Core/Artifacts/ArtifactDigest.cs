using System.Diagnostics.CodeAnalysis;

namespace EdgeOperator.Core.Artifacts;

/// <summary>An artifact's name: <c>sha256:</c> and the hash of its bytes in lower-case hex, as OCI registries write it.</summary>
public static class ArtifactDigest
{
    private const string Algorithm = "sha256:";

    public static string Of(ReadOnlySpan<byte> sha256) => Algorithm + Convert.ToHexStringLower(sha256);

    /// <summary>The hash alone, of a digest.</summary>
    /// <returns>False when the text is no digest.</returns>
    public static bool TryGetHash([NotNullWhen(true)] string? digest, [NotNullWhen(true)] out string? hash)
    {
        hash = digest?.StartsWith(Algorithm, StringComparison.Ordinal) == true && IsHash(digest[Algorithm.Length..]) ? digest[Algorithm.Length..] : null;
        return hash is not null;
    }

    /// <summary>Whether a text is 64 hexadecimal digits in lower case.</summary>
    public static bool IsHash(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);

    public static string OfHash(string hash) => Algorithm + hash;
}
