using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EdgeOperator.Functions.Workers.Forwarding;

/// <summary>
/// A socket to a worker with a buffer each way. Ours rather than HttpClient's because that sends some requests twice
/// without saying so, reads no answer before the request's body has ended, and takes twice the time.
/// </summary>
internal sealed class WorkerConnection : IDisposable
{
    private const int Small = 8 * 1024;
    private const int Large = 64 * 1024;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private readonly Socket _socket;
    private byte[] _out = new byte[Small];
    private byte[] _in = new byte[Small];
    private int _written;
    private int _start;
    private int _end;

    private WorkerConnection(Socket socket) => _socket = socket;

    /// <summary>Whether it has served a request before, so that the worker may be about to close it.</summary>
    public bool WasUsed { get; set; }

    public ResponseHead Head { get; } = new();

    public ReadOnlySpan<byte> Unread => _in.AsSpan(_start, _end - _start);

    /// <summary>Whether nothing has come since the last answer, not even an end.</summary>
    public bool IsQuiet => _start == _end && !_socket.Poll(0, SelectMode.SelectRead);

    public static async Task<Socket> ConnectAsync(EndPoint endpoint, CancellationToken cancellation)
    {
        var isTcp = endpoint is IPEndPoint;
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, isTcp ? ProtocolType.Tcp : ProtocolType.Unspecified);
        try
        {
            if (isTcp)
            {
                socket.NoDelay = true;
            }

            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(ConnectTimeout);
            await socket.ConnectAsync(endpoint, limit.Token);
            return socket;
        }
        catch (Exception e)
        {
            socket.Dispose();
            cancellation.ThrowIfCancellationRequested();
            throw new WorkerLostException($"nothing listens on {endpoint}", e) { Reached = false };
        }
    }

    public static async Task<WorkerConnection> OpenAsync(EndPoint endpoint, CancellationToken cancellation) =>
        new(await ConnectAsync(endpoint, cancellation));

    public void Consume(int count) => _start += count;

    /// <summary>Waits for more to be unread.</summary>
    /// <returns>False at the end of what the worker sends.</returns>
    /// <exception cref="SocketException">The connection broke.</exception>
    public async ValueTask<bool> FillAsync()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }

        if (_end == _in.Length)
        {
            Widen();
        }

        var count = await _socket.ReceiveAsync(_in.AsMemory(_end), SocketFlags.None);
        _end += count;
        return count > 0;
    }

    /// <summary>Sent with the next flush.</summary>
    public void Write(string text)
    {
        var buffer = _out.AsSpan(_written);
        if (Encoding.UTF8.TryGetBytes(text, buffer, out var count))
        {
            _written += count;
        }
        else
        {
            Write(Encoding.UTF8.GetBytes(text));
        }
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.TryCopyTo(_out.AsSpan(_written)))
        {
            Array.Resize(ref _out, Math.Max(_out.Length * 2, _written + bytes.Length));
            bytes.CopyTo(_out.AsSpan(_written));
        }

        _written += bytes.Length;
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Span.TryCopyTo(_out.AsSpan(_written)))
        {
            _written += bytes.Length;
            return;
        }

        await FlushAsync();
        await SendAsync(bytes);
    }

    public ValueTask FlushAsync()
    {
        var count = _written;
        _written = 0;
        return count == 0 ? ValueTask.CompletedTask : SendAsync(_out.AsMemory(0, count));
    }

    /// <summary>Makes it ready for another request.</summary>
    public void Rest()
    {
        WasUsed = true;
        if (_out.Length > Small)
        {
            _out = new byte[Small];
        }

        if (_in.Length > Small)
        {
            ArrayPool<byte>.Shared.Return(_in);
            _in = new byte[Small];
            _start = _end = 0;
        }
    }

    /// <summary>Cuts it: whoever waits for it fails.</summary>
    public void Dispose() => _socket.Dispose();

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None)..];
        }
    }

    private void Widen()
    {
        if (_start > 0 && _start >= _in.Length / 2)
        {
            Unread.CopyTo(_in);
        }
        else
        {
            var wider = ArrayPool<byte>.Shared.Rent(_in.Length < Large ? Large : _in.Length * 2);
            Unread.CopyTo(wider);
            if (_in.Length > Small)
            {
                ArrayPool<byte>.Shared.Return(_in);
            }

            _in = wider;
        }

        _end -= _start;
        _start = 0;
    }
}
