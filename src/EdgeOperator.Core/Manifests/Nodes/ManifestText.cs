using System.Text;
using System.Text.Unicode;

namespace EdgeOperator.Core.Manifests.Nodes;

/// <summary>The first look at a file's bytes: size, byte order mark and encoding.</summary>
internal static class ManifestText
{
    /// <summary>The file's UTF-8 text without a byte order mark.</summary>
    /// <exception cref="UnreadableException">The file is too large or not UTF-8.</exception>
    public static ReadOnlyMemory<byte> Bytes(ManifestFile file)
    {
        var bytes = file.Content;
        if (bytes.Length > Limits.FileSize)
            throw new UnreadableException(new(file.Path, 0, 0), $"the file is larger than {Limits.FileSize / 1024 / 1024} MiB", "split it, or move large contents into files of their own");
        if (bytes.Span.StartsWith(Encoding.UTF8.Preamble))
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        return Utf8.IsValid(bytes.Span) ? bytes : throw NotUtf8(file.Path, bytes.Span);
    }

    /// <summary>The file's text, which holds no control characters but tabs and line ends.</summary>
    /// <exception cref="UnreadableException">The file is too large, not UTF-8, or holds other control characters.</exception>
    public static string Characters(ManifestFile file)
    {
        var bytes = Bytes(file);
        var control = bytes.Span.IndexOfAny(Controls);
        return control < 0
            ? Encoding.UTF8.GetString(bytes.Span)
            : throw new UnreadableException(
                new Utf8Cursor(file.Path).Advance(bytes.Span, control),
                $"the control character 0x{bytes.Span[control]:X2} is not allowed",
                "remove it, or write it as an escape in a double-quoted string");
    }

    private static readonly System.Buffers.SearchValues<byte> Controls =
        System.Buffers.SearchValues.Create([.. Enumerable.Range(0, 32).Except([9, 10, 13]).Select(i => (byte)i), 127]);

    private static UnreadableException NotUtf8(string file, ReadOnlySpan<byte> bytes)
    {
        var offset = 0;
        while (Rune.DecodeFromUtf8(bytes[offset..], out _, out var length) == System.Buffers.OperationStatus.Done)
            offset += length;
        return new(new Utf8Cursor(file).Advance(bytes, offset), $"the byte 0x{bytes[offset]:X2} is not UTF-8", "save the file as UTF-8");
    }
}
