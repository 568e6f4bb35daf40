using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace EdgeOperator.Functions.Workers.Forwarding;

/// <summary>
/// Passes a body on, out of its chunks. It is flushed whenever nothing more has come: what a worker streams arrives at
/// once, and a short answer leaves in one piece.
/// </summary>
internal sealed class ResponseBody(WorkerConnection from, PipeWriter to)
{
    private const int LongestLine = 4096;

    private bool _dirty;
    private bool _flushed;

    /// <returns>False when the client takes no more.</returns>
    /// <exception cref="IOException">It broke off.</exception>
    public async ValueTask<bool> CopyAsync(long length, CancellationToken cancellation)
    {
        while (length > 0)
        {
            length -= Pass(length);
            if (length > 0 && !await MoreAsync(cancellation))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc cref="CopyAsync"/>
    public async ValueTask<bool> CopyUntilEndAsync(CancellationToken cancellation)
    {
        do
        {
            Pass(long.MaxValue);
            if (_dirty && !await FlushAsync(cancellation))
            {
                return false;
            }
        }
        while (await from.FillAsync());
        return true;
    }

    /// <inheritdoc cref="CopyAsync"/>
    public async ValueTask<bool> CopyChunksAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (await LineAsync(cancellation) is not { } line)
            {
                return false;
            }

            var size = line.AsSpan();
            size = size.IndexOf(';') is >= 0 and var end ? size[..end] : size;
            if (!long.TryParse(size.Trim(), NumberStyles.AllowHexSpecifier, null, out var length) || length < 0)
            {
                throw new IOException("a chunk has no size");
            }

            if (length == 0)
            {
                return await SkipTrailersAsync(cancellation);
            }

            if (!await CopyAsync(length, cancellation) || await LineAsync(cancellation) is not { } rest)
            {
                return false;
            }

            if (rest.Length > 0)
            {
                throw new IOException("a chunk is longer than it says");
            }
        }
    }

    /// <summary>The server sends the end of a body by itself only if it has sent nothing of it before.</summary>
    public async ValueTask<bool> FinishAsync(CancellationToken cancellation) => !_flushed || !_dirty || await FlushAsync(cancellation);

    private async ValueTask<bool> SkipTrailersAsync(CancellationToken cancellation)
    {
        while (await LineAsync(cancellation) is { } trailer)
        {
            if (trailer.Length == 0)
            {
                return true;
            }
        }

        return false;
    }

    private long Pass(long limit)
    {
        var bytes = from.Unread;
        bytes = bytes[..(int)Math.Min(limit, bytes.Length)];
        to.Write(bytes);
        from.Consume(bytes.Length);
        _dirty |= bytes.Length > 0;
        return bytes.Length;
    }

    private async ValueTask<string?> LineAsync(CancellationToken cancellation)
    {
        int end;
        while ((end = from.Unread.IndexOf((byte)'\n')) < 0)
        {
            if (from.Unread.Length > LongestLine)
            {
                throw new IOException("a chunk's first line does not end");
            }

            if (!await MoreAsync(cancellation))
            {
                return null;
            }
        }

        var line = Encoding.Latin1.GetString(from.Unread[..end].TrimEnd((byte)'\r'));
        from.Consume(end + 1);
        return line;
    }

    private async ValueTask<bool> MoreAsync(CancellationToken cancellation)
    {
        if (_dirty && !await FlushAsync(cancellation))
        {
            return false;
        }

        return await from.FillAsync() ? true : throw new IOException("the answer broke off");
    }

    private async ValueTask<bool> FlushAsync(CancellationToken cancellation)
    {
        _dirty = false;
        _flushed = true;
        return !(await to.FlushAsync(cancellation)).IsCompleted;
    }
}
