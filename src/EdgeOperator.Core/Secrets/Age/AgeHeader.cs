using System.Security.Cryptography;
using System.Text;

namespace EdgeOperator.Core.Secrets.Age;

/// <summary>An age file's header, version 1: its stanzas and the MAC over them (C2SP age.md).</summary>
internal sealed class AgeHeader
{
    private const string Version = "age-encryption.org/v1";
    private const int Columns = 64;

    /// <summary>More recipients than that have no file of this product; each costs an X25519 multiplication for each identity.</summary>
    private const int MostStanzas = 2048;

    private AgeHeader(IReadOnlyList<AgeStanza> stanzas, byte[] mac, byte[] covered, int length) =>
        (Stanzas, _mac, _covered, Length) = (stanzas, mac, covered, length);

    private readonly byte[] _mac;
    private readonly byte[] _covered;

    public IReadOnlyList<AgeStanza> Stanzas { get; }

    /// <summary>Bytes before the payload.</summary>
    public int Length { get; }

    /// <exception cref="SecretFormatException">The bytes don't begin with a header.</exception>
    public static AgeHeader Read(ReadOnlySpan<byte> file)
    {
        var lines = new Lines(file);
        if (lines.Next() != Version)
            throw Malformed("it does not begin with `age-encryption.org/v1`");
        var stanzas = new List<AgeStanza>();
        for (var line = lines.Next(); ; line = lines.Next())
        {
            if (line.StartsWith("--- ", StringComparison.Ordinal))
            {
                // The MAC covers the dashes, not the space.
                var covered = file[..(lines.Start + 3)].ToArray();
                return Base64.Decode(line[4..]) is { Length: SHA256.HashSizeInBytes } mac && stanzas.Count > 0
                    ? new(stanzas, mac, covered, lines.End)
                    : throw Malformed("the header's last line is wrong");
            }

            if (stanzas.Count == MostStanzas)
                throw Malformed($"it has more than {MostStanzas} recipients");
            stanzas.Add(Stanza(line, ref lines));
        }
    }

    /// <exception cref="SecretFormatException">The header was changed.</exception>
    public void Check(byte[] fileKey)
    {
        if (!CryptographicOperations.FixedTimeEquals(Mac(fileKey, _covered), _mac))
            throw new SecretFormatException(SecretFailure.Damaged, "the age file's header was changed: its MAC does not match");
    }

    public static byte[] Write(byte[] fileKey, IEnumerable<AgeStanza> stanzas)
    {
        var text = new StringBuilder(Version).Append('\n');
        foreach (var stanza in stanzas)
        {
            text.Append("-> ").AppendJoin(' ', [stanza.Type, .. stanza.Arguments]).Append('\n');
            var body = Base64.Encode(stanza.Body);
            for (var start = 0; ; start += Columns)
            {
                var line = body[start..Math.Min(start + Columns, body.Length)];
                text.Append(line).Append('\n');
                if (line.Length < Columns)
                    break;
            }
        }

        var covered = Encoding.ASCII.GetBytes(text.Append("---").ToString());
        return [.. covered, .. Encoding.ASCII.GetBytes($" {Base64.Encode(Mac(fileKey, covered))}\n")];
    }

    private static AgeStanza Stanza(string line, ref Lines lines)
    {
        if (!line.StartsWith("-> ", StringComparison.Ordinal))
            throw Malformed("a line of the header is neither a recipient nor the end");
        var words = line[3..].Split(' ');
        if (words.Any(word => word.Length == 0 || word.Any(c => c is < '!' or > '~')))
            throw Malformed("a recipient's line holds other than words");
        var body = new StringBuilder();
        string part;
        do
        {
            part = lines.Next();
            body.Append(part.Length <= Columns ? part : throw Malformed("a line of the header is too long"));
        }
        while (part.Length == Columns);
        return new(words[0], [.. words[1..]], Base64.Decode(body.ToString()) ?? throw Malformed("a recipient's body is not base64"));
    }

    private static byte[] Mac(byte[] fileKey, byte[] covered) =>
        HMACSHA256.HashData(HKDF.DeriveKey(HashAlgorithmName.SHA256, fileKey, 32, info: "header"u8.ToArray()), covered);

    private static SecretFormatException Malformed(string why) => new(SecretFailure.Malformed, $"not a valid age file: {why}");

    private ref struct Lines(ReadOnlySpan<byte> file)
    {
        private const int Longest = 4096;

        private readonly ReadOnlySpan<byte> _file = file;

        /// <summary>Where the line that was read last begins.</summary>
        public int Start { get; private set; }

        /// <summary>Where the next line begins.</summary>
        public int End { get; private set; }

        public string Next()
        {
            var rest = _file[End..];
            var length = rest[..Math.Min(rest.Length, Longest)].IndexOf((byte)'\n');
            if (length < 0)
                throw Malformed("the header does not end");
            Start = End;
            End += length + 1;
            return Encoding.Latin1.GetString(rest[..length]);
        }
    }
}
