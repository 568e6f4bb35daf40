using System.Text;

namespace EdgeOperator.Git.Signatures;

/// <summary>A signed commit or tag, taken apart into what was signed and the signature, as <c>git verify-commit</c> and <c>verify-tag</c> do.</summary>
/// <param name="Payload">The object without its signature.</param>
/// <param name="Signature">Armored.</param>
internal sealed record SignedObject(byte[] Payload, byte[] Signature)
{
    private const byte LineEnd = (byte)'\n';

    /// <summary>Whether the signature was made with an SSH key.</summary>
    public bool IsSsh => Signature.AsSpan().StartsWith("-----BEGIN SSH SIGNATURE-----"u8);

    /// <summary>Whether GPG's programs made the signature.</summary>
    public bool IsPgp => Signature.AsSpan().StartsWith("-----BEGIN PGP SIGNATURE-----"u8) || Signature.AsSpan().StartsWith("-----BEGIN PGP MESSAGE-----"u8);

    /// <summary>A commit's signature is a header, <c>gpgsig</c> or (of SHA-256) <c>gpgsig-sha256</c>, whose further lines begin with a space.</summary>
    /// <returns>
    /// Null when it is not signed, or has several such headers: Git judges the one of the repository's hash and leaves the others out,
    /// so that a second one could show another signature than the one that Git has found good.
    /// </returns>
    public static SignedObject? OfCommit(ReadOnlySpan<byte> commit)
    {
        var (payload, signature) = (new MemoryStream(commit.Length), new MemoryStream());
        var (inSignature, headers) = (false, 0);
        while (commit.Length > 0 && commit[0] != LineEnd)
        {
            var line = NextLine(ref commit);
            // As Git looks for them, whatever follows.
            if (line.StartsWith("gpgsig"u8))
                headers++;
            var begins = line.StartsWith("gpgsig "u8) || line.StartsWith("gpgsig-sha256 "u8);
            inSignature = begins || (inSignature && line[0] == ' ');
            if (inSignature)
                signature.Write(line[(line.IndexOf((byte)' ') + 1)..]);
            else
                payload.Write(line);
        }

        payload.Write(commit);
        return signature.Length > 0 && headers == 1 ? new(payload.ToArray(), signature.ToArray()) : null;
    }

    /// <summary>A tag's signature ends its message.</summary>
    /// <returns>Null when it is not signed.</returns>
    public static SignedObject? OfTag(ReadOnlySpan<byte> tag)
    {
        var rest = tag;
        int? start = null;
        while (rest.Length > 0)
        {
            var at = tag.Length - rest.Length;
            var line = NextLine(ref rest);
            if (line.StartsWith("-----BEGIN SSH SIGNATURE-----"u8) || line.StartsWith("-----BEGIN PGP SIGNATURE-----"u8)
                || line.StartsWith("-----BEGIN PGP MESSAGE-----"u8) || line.StartsWith("-----BEGIN SIGNED MESSAGE-----"u8))
                start = at;
        }

        return start is { } from ? new(tag[..from].ToArray(), tag[from..].ToArray()) : null;
    }

    public override string ToString() => Encoding.UTF8.GetString(Signature);

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf(LineEnd);
        var line = end < 0 ? rest : rest[..(end + 1)];
        rest = rest[line.Length..];
        return line;
    }
}
