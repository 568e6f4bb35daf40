using System.Globalization;
using System.Net;

namespace EdgeOperator.Platform.Sockets;

/// <summary>One TCP socket of this network namespace, whoever's it is: a row of <c>/proc/net/tcp</c> or <c>/proc/net/tcp6</c> (proc(5)).</summary>
/// <param name="Local">An IPv4 address where the kernel shows an IPv4-mapped one.</param>
/// <param name="User">The effective user that created the socket. Means nothing while <paramref name="Inode"/> is 0.</param>
/// <param name="Inode">0 while no process has the socket open: not accepted yet, or closed by its process already.</param>
public readonly record struct TcpSocket(IPEndPoint Local, IPEndPoint Remote, bool IsListening, uint User, ulong Inode)
{
    private const byte Listen = 0x0a;
    private const int BytesPerWord = 4;

    /// <returns>Null where the row is none, such as the table's heading.</returns>
    public static TcpSocket? Parse(ReadOnlySpan<char> row)
    {
        Span<Range> fields = stackalloc Range[11];
        return row.Split(fields, ' ', StringSplitOptions.RemoveEmptyEntries) >= 10
            && EndPoint(row[fields[1]]) is { } local
            && EndPoint(row[fields[2]]) is { } remote
            && byte.TryParse(row[fields[3]], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var state)
            && uint.TryParse(row[fields[7]], NumberStyles.None, CultureInfo.InvariantCulture, out var user)
            && ulong.TryParse(row[fields[9]], NumberStyles.None, CultureInfo.InvariantCulture, out var inode)
            ? new(local, remote, state == Listen, user, inode)
            : null;
    }

    // The address in words of 32 bits in the machine's byte order, the port as a number.
    private static IPEndPoint? EndPoint(ReadOnlySpan<char> text)
    {
        var colon = text.IndexOf(':');
        if (colon is not (8 or 32) || !ushort.TryParse(text[(colon + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var port))
        {
            return null;
        }

        Span<byte> address = stackalloc byte[colon / 2];
        for (var i = 0; i < address.Length; i += BytesPerWord)
        {
            if (!uint.TryParse(text.Slice(i * 2, BytesPerWord * 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var word))
            {
                return null;
            }

            BitConverter.TryWriteBytes(address[i..], word);
        }

        var ip = new IPAddress(address);
        return new(ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip, port);
    }
}
