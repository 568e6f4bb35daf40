using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography.X509Certificates;
using EdgeOperator.Hub.Security;
using Microsoft.AspNetCore.Connections;
using MQTTnet.Adapter;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Formatter.V3;
using MQTTnet.Packets;

namespace EdgeOperator.Hub.Mqtt;

/// <summary>Packets over one connection. One reads; many may send.</summary>
internal sealed class MqttChannel(ConnectionContext connection, X509Certificate2? certificate)
{
    /// <summary>A CONNECT's first byte.</summary>
    private const byte Connect = 0x10;

    /// <summary>What may wait for a client that does not read.</summary>
    private const int MostUnsent = 1024 * 1024;

    /// <summary>For the last words to a client.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(2);

    // It holds no state between packets but its buffer.
    [ThreadStatic]
    private static MqttV3PacketFormatter? _formatter;

    private readonly Lock _lock = new();

    // Whoever sets it owns the output: a pipe writer on a stream, as TLS has, loses what is written while it is flushed.
    private bool _isFlushing;

    /// <summary>What came while the output was flushed; null for nothing, as nearly always.</summary>
    private ArrayBufferWriter<byte>? _unsent;

    private bool _isClosed;
    private TaskCompletionSource? _flushed;

    public X509Certificate2? ClientCertificate { get; } = certificate;

    public string Remote => connection.RemoteEndPoint?.ToString() ?? "unknown";

    /// <summary>See <see cref="SourceAddress"/>.</summary>
    public string Source => SourceAddress.Of(connection.RemoteEndPoint);

    public CancellationToken Closed => connection.ConnectionClosed;

    private PipeReader Input => connection.Transport.Input;

    private PipeWriter Output => connection.Transport.Output;

    private static MqttV3PacketFormatter Formatter => _formatter ??= new(new MqttBufferWriter(1024, 64 * 1024), MqttProtocolVersion.V311);

    /// <param name="limit">Bytes that a packet may have.</param>
    /// <returns>Null at the connection's end.</returns>
    /// <exception cref="MqttException">What came is no packet, or too large.</exception>
    public ValueTask<ReceivedMqttPacket?> ReadAsync(int limit, CancellationToken cancellation) => ReadAsync(limit, null, cancellation);

    /// <summary>Reads the first packet, which must be a CONNECT: its first byte says so, and nothing else is waited for.</summary>
    /// <inheritdoc cref="ReadAsync(int, CancellationToken)"/>
    public ValueTask<ReceivedMqttPacket?> ReadConnectAsync(int limit, CancellationToken cancellation) => ReadAsync(limit, Connect, cancellation);

    private async ValueTask<ReceivedMqttPacket?> ReadAsync(int limit, byte? first, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await Input.ReadAsync(cancellation);
            var buffer = read.Buffer;
            if (read.IsCanceled)
            {
                Input.AdvanceTo(buffer.Start);
                return null;
            }

            if (first is { } expected && !buffer.IsEmpty && buffer.FirstSpan[0] != expected)
                throw new MqttException("the first packet is no CONNECT");
            if (MqttFrame.TryRead(ref buffer, limit, out var frame))
            {
                Input.AdvanceTo(buffer.Start);
                return frame;
            }

            if (read.IsCompleted)
            {
                Input.AdvanceTo(buffer.End);
                return null;
            }

            Input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <exception cref="MqttException">It is no valid packet.</exception>
    public static MqttPacket Decode(ReceivedMqttPacket frame)
    {
        // MQTT 3.1.1, 3.8.1 and 3.10.1: SUBSCRIBE and UNSUBSCRIBE have these flags, and no others.
        if (frame.FixedHeader >> 4 is 8 or 10 && (frame.FixedHeader & 0xF) != 2)
            throw new MqttException("a packet has flags that are reserved");
        try
        {
            return Formatter.Decode(frame);
        }
        catch (Exception e) when (e is MqttProtocolViolationException or MqttCommunicationException or ArgumentException or IndexOutOfRangeException or InvalidOperationException or NotSupportedException)
        {
            throw new MqttException($"a packet is malformed: {e.Message}");
        }
    }

    /// <summary>Sends without waiting. A client that reads too slowly loses its connection.</summary>
    /// <returns>False when the connection has ended.</returns>
    public bool Send(MqttPacket packet)
    {
        lock (_lock)
        {
            if (_isClosed)
                return false;
            if (_unsent?.WrittenCount > MostUnsent)
            {
                _isClosed = true;
                Input.CancelPendingRead();
                return false;
            }

            if (_isFlushing)
            {
                Write(packet, _unsent ??= new());
                return true;
            }

            Write(packet, Output);
            _isFlushing = true;
        }

        _ = FlushAsync();
        return true;
    }

    /// <summary>Ends the reading, and so the connection, in order: the client sees an end, not a reset.</summary>
    public void Close()
    {
        lock (_lock)
            _isClosed = true;
        Input.CancelPendingRead();
    }

    /// <summary>Sends nothing more, and waits a little until what was sent is on its way: before the connection is given up.</summary>
    public async Task EndAsync(TimeProvider time)
    {
        Task flushed;
        lock (_lock)
        {
            _isClosed = true;
            if (!_isFlushing)
                return;
            _flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            flushed = _flushed.Task;
        }

        await flushed.WaitAsync(EndTimeout, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static void Write(MqttPacket packet, IBufferWriter<byte> output)
    {
        var encoded = Formatter.Encode(packet);
        output.Write(encoded.Packet);
        foreach (var part in encoded.Payload)
            output.Write(part.Span);
    }

    private async Task FlushAsync()
    {
        try
        {
            while (true)
            {
                var flush = await Output.FlushAsync();
                lock (_lock)
                {
                    if (flush.IsCompleted)
                        _isClosed = true;
                    if (_unsent is not { } unsent || flush.IsCompleted)
                    {
                        _isFlushing = false;
                        _flushed?.TrySetResult();
                        return;
                    }

                    Output.Write(unsent.WrittenSpan);
                    _unsent = null;
                }
            }
        }
        catch (Exception e) when (e is ConnectionResetException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            lock (_lock)
                (_isFlushing, _isClosed, _unsent) = (false, true, null);
            _flushed?.TrySetResult();
        }
    }
}
