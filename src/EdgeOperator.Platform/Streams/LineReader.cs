using System.Text;

namespace EdgeOperator.Platform.Streams;

/// <summary>Reads lines of UTF-8 that a less trusted party sends, each of a bounded length.</summary>
/// <param name="stream">Disposed with this.</param>
/// <param name="longest">Bytes without the line's end; a longer line is an <see cref="InputTooLargeException"/>.</param>
/// <param name="what">What is read, for the message.</param>
public sealed class LineReader(Stream stream, int longest, string what) : IDisposable
{
    private const int FirstSize = 4 * 1024;

    private byte[] _buffer = new byte[Math.Min(FirstSize, longest + 2)];
    private int _start;
    private int _end;

    /// <summary>The next line without its end (<c>\n</c> or <c>\r\n</c>); null at the end of the stream.</summary>
    public async ValueTask<string?> ReadAsync(CancellationToken cancellation)
    {
        for (var searched = 0; ;)
        {
            var newline = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (newline >= 0)
                return Take(searched + newline, skip: 1);
            searched = _end - _start;
            MakeRoom();
            var count = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
            if (count == 0)
                return searched == 0 ? null : Take(searched, skip: 0);
            _end += count;
        }
    }

    public void Dispose() => stream.Dispose();

    private string Take(int length, int skip)
    {
        var line = _buffer.AsSpan(_start, length);
        _start += length + skip;
        line = line is [.., (byte)'\r'] ? line[..^1] : line;
        return line.Length <= longest ? Encoding.UTF8.GetString(line) : throw TooLong();
    }

    private InputTooLargeException TooLong() => new($"a line of {what} has more than {longest} bytes");

    private void MakeRoom()
    {
        var kept = _end - _start;
        if (kept > longest + 1)
            throw TooLong();
        if (_start > 0)
            _buffer.AsSpan(_start, kept).CopyTo(_buffer);
        (_start, _end) = (0, kept);

        // A long line is over at some time, and its buffer with it.
        var size = kept == _buffer.Length ? Math.Min(2 * _buffer.Length, longest + 2) : kept == 0 ? Math.Min(FirstSize, longest + 2) : _buffer.Length;
        if (size != _buffer.Length)
            Array.Resize(ref _buffer, size);
    }
}
