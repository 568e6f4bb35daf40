using EdgeOperator.Platform.Processes;
using EdgeOperator.Testing;

namespace EdgeOperator.Platform.Tests.Processes;

public sealed class OutputFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Path => _folder.File("output.log");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Too_much_is_set_aside_and_whoever_appends_goes_on_at_the_new_end()
    {
        using var process = new FileStream(Path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        process.Write(new byte[OutputFile.Limit + 1]);
        process.Flush();

        OutputFile.Bound(Path);

        new FileInfo(Path).Length.Should().Be(0);
        new FileInfo(Path + ".1").Length.Should().Be(OutputFile.Limit + 1);
    }

    [Fact]
    public void Of_far_too_much_the_end_is_set_aside()
    {
        using (var process = new FileStream(Path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
        {
            process.SetLength(3L << 30);
            process.Position = process.Length;
            process.Write("the end"u8);
        }

        OutputFile.Bound(Path);

        new FileInfo(Path).Length.Should().Be(0);
        File.ReadAllText(Path + ".1").Should().EndWith("the end").And.Match(t => t.Length <= 2 * OutputFile.Limit);
    }

    [Fact]
    public void A_little_stays()
    {
        File.WriteAllText(Path, "a\n");

        OutputFile.Bound(Path);

        File.ReadAllText(Path).Should().Be("a\n");
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("one\n two \n\n", "two")]
    public void The_last_line_is_the_last_that_says_something(string text, string? line)
    {
        File.WriteAllText(Path, text);

        OutputFile.LastLine(Path).Should().Be(line);
    }
}
