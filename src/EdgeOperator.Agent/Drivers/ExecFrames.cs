using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Drivers;

/// <summary>
/// The connection between <c>edgeop exec</c> and the agent, once HTTP has handed it over (<c>Upgrade: edgeop-exec</c>): frames of one byte for
/// the kind, four for the length with the highest first, and the content.
/// </summary>
/// <param name="connection">Carries bytes in both directions.</param>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim without a wait handle has nothing to dispose of, and a last writer may outlive the command.")]
public sealed class ExecFrames(Stream connection)
{
    public const string Protocol = "edgeop-exec";

    /// <summary>Bytes of content that are sent in one frame at most.</summary>
    public const int MaxData = 32 * 1024;

    private const int HeadLength = 5;
    private const int MaxContent = 1024 * 1024;
    private const int SizeLength = 4;

    private readonly SemaphoreSlim _writing = new(1);
    private readonly byte[] _head = new byte[HeadLength];
    private byte[] _content = new byte[MaxData];

    /// <summary>Reads a frame. Its content is valid until the next one is read.</summary>
    /// <returns>Null when the other side has gone.</returns>
    /// <exception cref="InvalidDataException">It is no frame.</exception>
    public async Task<(ExecFrameKind Kind, ReadOnlyMemory<byte> Content)?> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            await connection.ReadExactlyAsync(_head, cancellation);
            var length = BinaryPrimitives.ReadUInt32BigEndian(_head.AsSpan(1));
            if (length > MaxContent)
                throw new InvalidDataException($"a frame has {length} bytes, and {MaxContent} at most are allowed");
            if (length > _content.Length)
                _content = new byte[length];
            await connection.ReadExactlyAsync(_content.AsMemory(0, (int)length), cancellation);
            return ((ExecFrameKind)_head[0], _content.AsMemory(0, (int)length));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or WebSocketException)
        {
            return null;
        }
    }

    /// <exception cref="IOException">The other side has gone.</exception>
    public async Task WriteAsync(ExecFrameKind kind, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var frame = new byte[HeadLength + content.Length];
        frame[0] = (byte)kind;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)content.Length);
        content.CopyTo(frame.AsMemory(HeadLength));
        await _writing.WaitAsync(cancellation);
        try
        {
            await connection.WriteAsync(frame, cancellation);
            await connection.FlushAsync(cancellation);
        }
        catch (WebSocketException e)
        {
            throw new IOException(e.Message, e);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <inheritdoc cref="WriteAsync(ExecFrameKind, ReadOnlyMemory{byte}, CancellationToken)"/>
    public Task WriteAsync<T>(ExecFrameKind kind, T content, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        WriteAsync(kind, JsonSerializer.SerializeToUtf8Bytes(content, type), cancellation);

    /// <inheritdoc cref="WriteAsync(ExecFrameKind, ReadOnlyMemory{byte}, CancellationToken)"/>
    public Task WriteAsync(TerminalSize size, CancellationToken cancellation)
    {
        var content = new byte[SizeLength];
        BinaryPrimitives.WriteUInt16BigEndian(content, size.Columns);
        BinaryPrimitives.WriteUInt16BigEndian(content.AsSpan(2), size.Rows);
        return WriteAsync(ExecFrameKind.Resize, content, cancellation);
    }

    /// <inheritdoc cref="WriteAsync(ExecFrameKind, ReadOnlyMemory{byte}, CancellationToken)"/>
    public Task WriteAsync(int exitCode, CancellationToken cancellation)
    {
        var content = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(content, exitCode);
        return WriteAsync(ExecFrameKind.Exit, content, cancellation);
    }

    /// <exception cref="InvalidDataException">It is no size.</exception>
    public static TerminalSize Size(ReadOnlyMemory<byte> content) => content.Length == SizeLength
        ? new(BinaryPrimitives.ReadUInt16BigEndian(content.Span), BinaryPrimitives.ReadUInt16BigEndian(content.Span[2..]))
        : throw new InvalidDataException("a frame for the terminal's size has another length");

    /// <exception cref="InvalidDataException">It is no exit code.</exception>
    public static int ExitCode(ReadOnlyMemory<byte> content) => content.Length == sizeof(int)
        ? BinaryPrimitives.ReadInt32BigEndian(content.Span)
        : throw new InvalidDataException("a frame for the exit code has another length");

    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static T Json<T>(ReadOnlyMemory<byte> content, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(content.Span, type) ?? throw new InvalidDataException("a frame has no content");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"a frame was not understood: {e.Message}", e);
        }
    }
}
