using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace EdgeOperator.Functions.Workers.Forwarding;

/// <summary>
/// A connection to a worker, as <see cref="SocketsHttpHandler"/> uses it. The handler sends a request without a body again
/// when a connection ends before the answer, up to three times and without saying so: here such an end is an error
/// unless nothing of the request was sent.
/// </summary>
internal sealed class WorkerStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    private volatile Exchange? _exchange;
    private volatile bool _ended;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_exchange is { IsSending: true } unfinished && unfinished != Exchange.Current)
        {
            // The handler looks whether it may use the connection again.
            return 0;
        }

        _exchange?.Client?.AwaitReader(false);
        var count = await base.ReadAsync(buffer, cancellationToken);
        if (count > 0)
        {
            // What was read goes to the client before more is read.
            _exchange?.IsAnswered = true;
            _exchange?.Client?.AwaitReader(true);
        }
        else if (buffer.Length > 0)
        {
            _ended = true;
            if (_exchange is { IsAnswered: false })
            {
                throw new IOException("the worker hung up before it answered");
            }
        }

        return count;
    }

    /// <summary>What the handler writes; dropped while the request's body is sent by <see cref="SendBodyAsync"/>.</summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var current = Exchange.Current ?? throw new InvalidOperationException("a request to a worker outside of an exchange");
        if (current != _exchange)
        {
            if (_ended || _exchange is { IsSending: true } || (_exchange is not null && HasEnded()))
            {
                return ValueTask.FromException(new IOException("the connection had ended"));
            }

            // Set before anything is sent: whoever sees the connection's end afterwards knows whose end it is.
            current.Connection = this;
            _exchange = current;
            current.IsSent = true;
        }

        return current.Body is null ? base.WriteAsync(buffer, cancellationToken) : ValueTask.CompletedTask;
    }

    // The reader may not have been notified yet; a kept connection has nothing to read but its end.
    private bool HasEnded() => Socket.Poll(TimeSpan.Zero, SelectMode.SelectRead);

    public ValueTask SendBodyAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => base.WriteAsync(bytes, cancellation);
}
