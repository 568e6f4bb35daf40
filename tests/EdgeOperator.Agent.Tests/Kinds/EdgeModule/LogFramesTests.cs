using System.Text;
using EdgeOperator.Agent.Engine;

namespace EdgeOperator.Agent.Tests.Kinds.EdgeModule;

public class LogFramesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public async Task Frames_are_joined_however_they_are_cut(int piece)
    {
        var big = new string('x', 40_000);
        byte[] frames = [.. Frame(1, "out\n"), .. Frame(2, ""), .. Frame(2, "err\n"), .. Frame(1, big)];

        (await CopyAsync(frames, piece)).Should().Be($"out\nerr\n{big}");
    }

    [Theory]
    [InlineData(4)]
    [InlineData(10)]
    public async Task A_stream_that_ends_within_a_frame_gives_what_there_was(int length) =>
        (await CopyAsync([.. Frame(1, "one\n"), .. Frame(1, "two\n").Take(length)], 4096)).Should().Be("one\n" + "two\n"[..Math.Max(0, length - 8)]);

    private static byte[] Frame(byte stream, string text) =>
        [stream, 0, 0, 0, (byte)(text.Length >> 24), (byte)(text.Length >> 16), (byte)(text.Length >> 8), (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private static async Task<string> CopyAsync(byte[] frames, int piece)
    {
        using var input = new Pieces(frames, piece);
        using var output = new MemoryStream();
        await LogFrames.CopyAsync(input, output, CancellationToken.None);
        return Encoding.ASCII.GetString(output.ToArray());
    }

    /// <summary>Gives a few bytes at a time, as a network does.</summary>
    private sealed class Pieces(byte[] content, int piece) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
