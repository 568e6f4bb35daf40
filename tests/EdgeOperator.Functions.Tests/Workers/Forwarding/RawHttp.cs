using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EdgeOperator.Functions.Tests.Workers.Forwarding;

/// <summary>A connection that sends what no HTTP client would.</summary>
internal sealed class RawHttp : IDisposable
{
    private readonly Socket _socket;

    private RawHttp(Socket socket) => _socket = socket;

    public static async Task<RawHttp> ConnectAsync(EndPoint to)
    {
        var socket = new Socket(to.AddressFamily, SocketType.Stream, to is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        await socket.ConnectAsync(to);
        return new(socket);
    }

    /// <param name="text">Latin1.</param>
    public async Task SendAsync(string text)
    {
        for (ReadOnlyMemory<byte> bytes = Encoding.Latin1.GetBytes(text); bytes.Length > 0;)
        {
            bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None)..];
        }
    }

    /// <summary>Sends nothing more, but goes on to read.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends with a reset.</summary>
    public void Reset()
    {
        _socket.LingerState = new(true, 0);
        _socket.Dispose();
    }

    /// <returns>All that comes until the other side ends, or resets.</returns>
    public Task<string> ReadToEndAsync() => ReadAnswersAsync(int.MaxValue);

    /// <returns>What comes until it has <paramref name="text"/> in it, or the other side ends.</returns>
    public async Task<string> ReadUntilAsync(string text)
    {
        var all = new StringBuilder();
        var buffer = new byte[16 * 1024];
        for (int count; !all.ToString().Contains(text, StringComparison.Ordinal) && (count = await _socket.ReceiveAsync(buffer, SocketFlags.None)) > 0;)
        {
            all.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        return all.ToString();
    }

    /// <returns>What comes until so many answers have begun, or the other side ends or resets; interim answers (1xx) are none.</returns>
    public async Task<string> ReadAnswersAsync(int answers)
    {
        var all = new StringBuilder();
        var buffer = new byte[16 * 1024];
        try
        {
            for (int count; (count = await _socket.ReceiveAsync(buffer, SocketFlags.None)) > 0;)
            {
                all.Append(Encoding.Latin1.GetString(buffer, 0, count));
                if (answers < int.MaxValue && all.ToString().Split("HTTP/1.1 ").Skip(1).Count(a => a is not ['1', ..] and not "") >= answers)
                {
                    break;
                }
            }
        }
        catch (SocketException)
        {
            // Reset.
        }

        return all.ToString();
    }

    /// <summary>The body of a single answer, without its chunks' heads.</summary>
    public static string Body(string answer)
    {
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var (head, body) = (answer[..end], answer[(end + 4)..]);
        if (!head.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
        {
            return body;
        }

        var whole = new StringBuilder();
        while (body.IndexOf("\r\n", StringComparison.Ordinal) is > 0 and var line && Convert.ToInt32(body[..line], 16) is > 0 and var length)
        {
            whole.Append(body, line + 2, length);
            body = body[(line + 4 + length)..];
        }

        return whole.ToString();
    }

    public void Dispose() => _socket.Dispose();
}
