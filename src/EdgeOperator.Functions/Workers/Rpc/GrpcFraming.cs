using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using EdgeOperator.Functions.Workers.Rpc.Messages;
using Google.Protobuf;

namespace EdgeOperator.Functions.Workers.Rpc;

/// <summary>
/// gRPC's framing of messages in an HTTP/2 stream (grpc.io, PROTOCOL-HTTP2): a byte that says whether it is compressed,
/// four of its length, the message.
/// </summary>
internal static class GrpcFraming
{
    /// <summary>Bytes; above the largest body that a function may be sent by default, with room around it.</summary>
    public const int MessageLimit = 256 * 1024 * 1024;

    private const int PrefixLength = 5;

    /// <returns>Null at the stream's end.</returns>
    /// <exception cref="GrpcException">What came is no message that we take.</exception>
    public static async ValueTask<StreamingMessage?> ReadAsync(PipeReader reader, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellation);
            var buffer = read.Buffer;
            if (TryTake(ref buffer, out var message))
            {
                reader.AdvanceTo(buffer.Start);
                return message;
            }

            if (read.IsCompleted)
            {
                return buffer.IsEmpty ? null : throw new GrpcException(GrpcStatus.Internal, "the stream ends within a message");
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    public static void Write(StreamingMessage message, IBufferWriter<byte> writer)
    {
        var length = message.CalculateSize();
        var prefix = writer.GetSpan(PrefixLength);
        prefix[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(prefix[1..], (uint)length);
        writer.Advance(PrefixLength);
        message.WriteTo(writer);
    }

    private static bool TryTake(ref ReadOnlySequence<byte> buffer, out StreamingMessage? message)
    {
        message = null;
        if (buffer.Length < PrefixLength)
        {
            return false;
        }

        Span<byte> prefix = stackalloc byte[PrefixLength];
        buffer.Slice(0, PrefixLength).CopyTo(prefix);
        if (prefix[0] != 0)
        {
            throw new GrpcException(GrpcStatus.Unimplemented, "compressed messages are not taken");
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (length > MessageLimit)
        {
            throw new GrpcException(GrpcStatus.ResourceExhausted, $"a message of {length} bytes is longer than {MessageLimit}");
        }

        if (buffer.Length < PrefixLength + length)
        {
            return false;
        }

        var content = buffer.Slice(PrefixLength, length);
        try
        {
            message = StreamingMessage.Parser.ParseFrom(content);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new GrpcException(GrpcStatus.Internal, $"a message can't be read: {e.Message}");
        }

        buffer = buffer.Slice(content.End);
        return true;
    }
}

/// <summary>Those of gRPC's status codes that are used.</summary>
internal enum GrpcStatus
{
    Ok = 0,
    Cancelled = 1,
    ResourceExhausted = 8,
    Unimplemented = 12,
    Internal = 13,
    Unauthenticated = 16,
}

internal sealed class GrpcException(GrpcStatus status, string message) : Exception(message)
{
    public GrpcStatus Status => status;
}
