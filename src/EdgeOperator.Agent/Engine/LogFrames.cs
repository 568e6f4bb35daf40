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

    /// <summary>Copies the frames' bytes in their order, each frame at once, so that a follower sees every line when it comes.</summary>
    public static async Task CopyAsync(Stream frames, Stream output, CancellationToken cancellation)
    {
        var head = new byte[HeadLength];
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            while (await frames.ReadAtLeastAsync(head, HeadLength, throwOnEndOfStream: false, cancellation) == HeadLength)
            {
                var rest = BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(4));
                while (rest > 0)
                {
                    var count = await frames.ReadAsync(buffer.AsMemory(0, (int)Math.Min(rest, buffer.Length)), cancellation);
                    if (count == 0)
                    {
                        return;
                    }

                    await output.WriteAsync(buffer.AsMemory(0, count), cancellation);
                    rest -= (uint)count;
                }

                await output.FlushAsync(cancellation);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
