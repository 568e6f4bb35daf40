using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace EdgeOperator.Testing;

/// <summary>A TCP proxy on loopback whose connections can be cut, refused or stalled: a bad network on demand.</summary>
public sealed class CuttableProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Socket, byte> _sockets = new();
    private readonly EndPoint _target;
    private readonly Task _accepting;
    private TaskCompletionSource _flowing = Done();
    private long _budget = long.MaxValue;
    private long _passed;
    private volatile bool _isCut;

    /// <param name="target">Where connections lead: an IP endpoint or a Unix socket.</param>
    public CuttableProxy(EndPoint target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public CuttableProxy(string address)
        : this(IPEndPoint.Parse(address))
    {
    }

    /// <summary><c>127.0.0.1:port</c>.</summary>
    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>Bytes that went from the target to the clients.</summary>
    public long Passed => Interlocked.Read(ref _passed);

    /// <summary>Ends every connection, and refuses new ones until <see cref="Restore"/>.</summary>
    public void Cut()
    {
        _isCut = true;
        foreach (var socket in _sockets.Keys)
        {
            Close(socket);
        }
    }

    /// <summary>Cuts by itself once the target has sent so many more bytes.</summary>
    public void CutAfter(long bytes) => Interlocked.Exchange(ref _budget, Passed + bytes);

    /// <summary>Lets connections stay open without a byte passing, until <see cref="Restore"/>.</summary>
    public void Stall()
    {
        if (_flowing.Task.IsCompleted)
        {
            _flowing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Stalls by itself once the target has sent so many more bytes.</summary>
    public void StallAfter(long bytes) => Interlocked.Exchange(ref _budget, -(Passed + bytes));

    /// <summary>Ends a cut or a stall.</summary>
    public void Restore()
    {
        Interlocked.Exchange(ref _budget, long.MaxValue);
        _isCut = false;
        _flowing.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        Cut();
        _flowing.TrySetResult();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync(_end.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        var protocol = _target is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified;
        using var server = new Socket(_target.AddressFamily, SocketType.Stream, protocol);
        using (client)
        {
            _sockets[client] = _sockets[server] = 0;
            try
            {
                if (!_isCut)
                {
                    await server.ConnectAsync(_target, _end.Token);
                    await Task.WhenAll(PumpAsync(client, server, counted: false), PumpAsync(server, client, counted: true));
                }
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // A broken connection is what this proxy is for.
            }
            finally
            {
                _sockets.TryRemove(client, out _);
                _sockets.TryRemove(server, out _);
                Close(client);
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool counted)
    {
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var count = await from.ReceiveAsync(buffer, _end.Token);
            if (counted && count > 0)
            {
                Spend(count);
            }

            await _flowing.Task.WaitAsync(_end.Token);
            if (_isCut)
            {
                Close(from);
                Close(to);
                return;
            }

            if (count == 0)
            {
                to.Shutdown(SocketShutdown.Send);
                return;
            }

            await to.SendAsync(buffer.AsMemory(0, count), _end.Token);
        }
    }

    private void Spend(int count)
    {
        var passed = Interlocked.Add(ref _passed, count);
        var budget = Interlocked.Read(ref _budget);
        if (passed < Math.Abs(budget))
        {
            return;
        }

        if (budget < 0)
        {
            Stall();
        }
        else
        {
            Cut();
        }
    }

    // A reset rather than an orderly end: what a client sees when a network breaks.
    private static void Close(Socket socket)
    {
        try
        {
            socket.Close(timeout: 0);
        }
        catch (ObjectDisposedException)
        {
            // Closed already.
        }
    }

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }
}
