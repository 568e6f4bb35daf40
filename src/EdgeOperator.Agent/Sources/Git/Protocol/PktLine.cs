using System.Globalization;
using System.Text;

namespace EdgeOperator.Agent.Sources.Git.Protocol;

internal enum PktLineKind
{
    Data,

    /// <summary><c>0000</c>, the end of a message.</summary>
    Flush,

    /// <summary><c>0001</c>, between sections of a message.</summary>
    Delimiter,

    /// <summary><c>0002</c>, the end of a response of a stateless connection.</summary>
    ResponseEnd,
}

/// <summary>
/// One packet of Git's wire protocol: four hex digits with its length, themselves included, and its content. Source: gitprotocol-common(5)
/// and gitprotocol-v2(5).
/// </summary>
/// <param name="Content">Empty unless the packet is <see cref="PktLineKind.Data"/>.</param>
internal readonly record struct PktLine(PktLineKind Kind, ReadOnlyMemory<byte> Content)
{
    /// <summary>The most bytes of content.</summary>
    public const int MaxContent = 65516;

    private const int LengthDigits = 4;

    /// <summary>Begins what a server says in place of an answer.</summary>
    private const string Error = "ERR ";

    public static PktLine Flush { get; } = new(PktLineKind.Flush, default);

    public static PktLine Delimiter { get; } = new(PktLineKind.Delimiter, default);

    public static PktLine Of(string text) => new(PktLineKind.Data, Encoding.UTF8.GetBytes(text));

    /// <summary>The content as text, without the line feed at its end if there is one.</summary>
    public string Text
    {
        get
        {
            var content = Content.Span;
            return Encoding.UTF8.GetString(content is [.. var line, (byte)'\n'] ? line : content);
        }
    }

    /// <summary>The same of an answer's line.</summary>
    /// <exception cref="GitProtocolException">The server says why there is no answer.</exception>
    public string ReadAnswer() => Text is var text && text.StartsWith(Error, StringComparison.Ordinal) ? throw new GitProtocolException(text[Error.Length..]) : text;

    /// <summary>Splits bytes into packets.</summary>
    /// <exception cref="GitProtocolException">They are no sequence of whole packets; thrown when the place is reached.</exception>
    public static IEnumerable<PktLine> Read(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var length = LengthOf(bytes.Span);
            switch (length)
            {
                case 0:
                    yield return Flush;
                    break;
                case 1:
                    yield return Delimiter;
                    break;
                case 2:
                    yield return new(PktLineKind.ResponseEnd, default);
                    break;
                default:
                    yield return new(PktLineKind.Data, bytes[LengthDigits..length]);
                    break;
            }

            bytes = bytes[Math.Max(length, LengthDigits)..];
        }
    }

    /// <summary>Serialises packets.</summary>
    /// <exception cref="ArgumentException">A packet has more than <see cref="MaxContent"/> bytes of content.</exception>
    public static byte[] Write(IEnumerable<PktLine> packets)
    {
        var bytes = new MemoryStream();
        foreach (var packet in packets)
        {
            if (packet.Content.Length > MaxContent)
                throw new ArgumentException($"a packet holds at most {MaxContent} bytes", nameof(packets));

            var length = packet.Kind switch
            {
                PktLineKind.Flush => 0,
                PktLineKind.Delimiter => 1,
                PktLineKind.ResponseEnd => 2,
                _ => LengthDigits + packet.Content.Length,
            };
            bytes.Write(Encoding.ASCII.GetBytes(length.ToString("x4", CultureInfo.InvariantCulture)));
            bytes.Write(packet.Content.Span);
        }

        return bytes.ToArray();
    }

    private static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < LengthDigits || !int.TryParse(bytes[..LengthDigits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var length))
            throw new GitProtocolException("a packet does not begin with its length");
        if (length is 3 or > MaxContent + LengthDigits || length > bytes.Length)
            throw new GitProtocolException($"a packet has an impossible length, {length}");

        return length;
    }
}
