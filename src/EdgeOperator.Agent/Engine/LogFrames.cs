using System.Buffers;
using System.Buffers.Binary;

namespace EdgeOperator.Agent.Engine;

/// <summary>
/// Reads a log in which standard output and standard error share one stream: frames of an 8-byte head (stream,
/// three zeros, length with the highest byte first) and their bytes.
/// </summary>
internal static class LogFrames
{
    private const int HeadLength = 8;

    private const byte ErrorStream = 2;

    /// <summary>Takes bytes of a frame, which may be none.</summary>
    /// <param name="isError">Whether they are of standard error.</param>
    /// <param name="isEnd">Whether they are the last of their frame.</param>
    public delegate Task Write(bool isError, ReadOnlyMemory<byte> content, bool isEnd);

    /// <summary>Copies the frames' bytes in their order, each frame at once, so that a follower sees every line when it comes.</summary>
    public static Task CopyAsync(Stream frames, Stream output, CancellationToken cancellation) => CopyAsync(
        frames,
        async (_, content, isEnd) =>
        {
            await output.WriteAsync(content, cancellation);
            if (isEnd)
                await output.FlushAsync(cancellation);
        },
        cancellation);

    /// <summary>Reads the frames to their end, in parts of 16 KiB at most.</summary>
    public static async Task CopyAsync(Stream frames, Write write, CancellationToken cancellation)
    {
        var head = new byte[HeadLength];
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            while (await frames.ReadAtLeastAsync(head, HeadLength, throwOnEndOfStream: false, cancellation) == HeadLength)
            {
                var rest = BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(4));
                do
                {
                    var count = rest == 0 ? 0 : await frames.ReadAsync(buffer.AsMemory(0, (int)Math.Min(rest, buffer.Length)), cancellation);
                    if (count == 0 && rest > 0)
                        return;

                    rest -= (uint)count;
                    await write(head[0] == ErrorStream, buffer.AsMemory(0, count), rest == 0);
                }
                while (rest > 0);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
