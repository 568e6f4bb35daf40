using System.Buffers.Text;
using System.Collections.Frozen;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace EdgeOperator.Functions.Workers.Forwarding;

/// <summary>Status line and headers of an HTTP/1 answer (RFC 9112).</summary>
internal sealed class ResponseHead
{
    // Header names come as these strings instead of as new ones.
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Known = FrozenSet.ToFrozenSet(
        [
            "Access-Control-Allow-Origin", "Cache-Control", "Connection", "Content-Disposition", "Content-Encoding", "Content-Length",
            "Content-Type", "Date", "ETag", "Expires", "Keep-Alive", "Last-Modified", "Location", "Server", "Set-Cookie",
            "Transfer-Encoding", "Vary", "X-Powered-By",
        ],
        StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly List<KeyValuePair<string, string>> _headers = [];

    public int Status { get; private set; }

    /// <summary>Of the body; null when it is chunked, or lasts until the connection ends.</summary>
    public long? Length { get; private set; }

    public bool IsChunked { get; private set; }

    /// <summary>Whether the worker takes another request on the connection.</summary>
    public bool KeepsAlive { get; private set; }

    /// <param name="head">All of it, but for the empty line that ends it.</param>
    /// <returns>False when it is no HTTP.</returns>
    public bool TryParse(ReadOnlySpan<byte> head)
    {
        _headers.Clear();
        (Length, IsChunked) = (null, false);
        var line = NextLine(ref head);
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || line[8] != ' ' || (line.Length > 12 && line[12] != ' ')
            || !Utf8Parser.TryParse(line[9..12], out int status, out var digits) || digits != 3 || status is < 100 or > 599)
        {
            return false;
        }

        Status = status;
        KeepsAlive = line[7] != '0';
        while (head.Length > 0)
        {
            if (!TryAdd(NextLine(ref head)))
            {
                return false;
            }
        }

        if (IsChunked)
        {
            Length = null;
        }

        return true;
    }

    public void CopyTo(HttpResponse response)
    {
        response.StatusCode = Status;
        for (var i = 0; i < _headers.Count; i++)
        {
            var (name, value) = _headers[i];
            if (!HopByHop.Contains(name))
            {
                response.Headers[name] = IsFirst(i) ? value : StringValues.Concat(response.Headers[name], value);
            }
        }

        if (IsChunked || Status == StatusCodes.Status204NoContent)
        {
            response.ContentLength = null;
        }
    }

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)'\n');
        var line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? [] : rest[(end + 1)..];
        return line.TrimEnd((byte)'\r');
    }

    private bool TryAdd(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || line[..colon].IndexOfAny((byte)' ', (byte)'\t') >= 0)
        {
            return false;
        }

        var value = line[(colon + 1)..].Trim(" \t"u8);
        if (value.IndexOfAnyInRange((byte)0, (byte)8) >= 0 || value.IndexOfAnyInRange((byte)10, (byte)31) >= 0)
        {
            return false;
        }

        var header = new KeyValuePair<string, string>(Name(line[..colon]), Encoding.Latin1.GetString(value));
        _headers.Add(header);
        return TryUnderstand(header.Key, header.Value);
    }

    private static string Name(ReadOnlySpan<byte> bytes)
    {
        Span<char> name = stackalloc char[Math.Min(bytes.Length, 64)];
        if (bytes.Length <= name.Length && Encoding.Latin1.TryGetChars(bytes, name, out _) && Known.TryGetValue(name, out var known))
        {
            return known;
        }

        return Encoding.Latin1.GetString(bytes);
    }

    private bool TryUnderstand(string name, string value)
    {
        switch (name)
        {
            case "Content-Length":
                var fits = long.TryParse(value, System.Globalization.NumberStyles.None, null, out var length) && (Length is null || Length == length);
                Length = length;
                return fits;
            case "Transfer-Encoding":
                IsChunked = value.EndsWith("chunked", StringComparison.OrdinalIgnoreCase);
                return IsChunked;
            case "Connection":
                KeepsAlive &= !value.Contains("close", StringComparison.OrdinalIgnoreCase);
                return true;
            default:
                return true;
        }
    }

    private bool IsFirst(int index)
    {
        for (var i = 0; i < index; i++)
        {
            if (_headers[i].Key.Equals(_headers[index].Key, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return true;
    }
}
