using System.Text;
using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Platform.Tests.Streams;

public class LineReaderTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a", new[] { "a" })]
    [InlineData("a\n", new[] { "a" })]
    [InlineData("a\r\nbc\n\nd", new[] { "a", "bc", "", "d" })]
    [InlineData("ü\n€\n", new[] { "ü", "€" })]
    public async Task Lines_are_as_they_were_sent_however_they_arrive(string text, string[] lines)
    {
        foreach (var piece in (int[])[1, 2, 3, 100])
        {
            using var reader = new LineReader(new Pieces(Encoding.UTF8.GetBytes(text), piece), 10, "the test");
            (await ReadAsync(reader)).Should().Equal(lines);
        }
    }

    [Fact]
    public async Task Long_lines_follow_short_ones()
    {
        string[] lines = [.. Enumerable.Range(0, 200).Select(i => new string('x', i * 97 % 20_000))];
        using var reader = new LineReader(new Pieces(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"), 1000), 20_000, "the test");

        (await ReadAsync(reader)).Should().Equal(lines);
    }

    [Theory]
    [InlineData(10, false)]
    [InlineData(11, true)]
    public async Task A_line_that_is_too_long_is_refused(int length, bool refused)
    {
        using var reader = new LineReader(new Pieces(Encoding.UTF8.GetBytes("a\n" + new string('x', length)), 3), 10, "the test");
        (await reader.ReadAsync(CancellationToken.None)).Should().Be("a");

        var reading = () => ReadAsync(reader);

        await (refused ? reading.Should().ThrowAsync<InputTooLargeException>().WithMessage("a line of the test has more than 10 bytes") : (Task)reading.Should().NotThrowAsync());
    }

    private static async Task<List<string>> ReadAsync(LineReader reader)
    {
        var lines = new List<string>();
        while (await reader.ReadAsync(CancellationToken.None) is { } line)
            lines.Add(line);
        return lines;
    }

    /// <summary>Gives a few bytes at once.</summary>
    private sealed class Pieces(byte[] content, int size) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
