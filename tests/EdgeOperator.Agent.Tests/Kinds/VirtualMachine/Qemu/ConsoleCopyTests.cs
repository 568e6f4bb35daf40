using System.Text;
using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;
using EdgeOperator.Platform.Processes;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Qemu;

public sealed class ConsoleCopyTests
{
    [Theory]
    [InlineData("a\nb\nc\n", 2, "b\nc\n")]
    [InlineData("a\nb\nc", 1, "c")]
    [InlineData("a\nb\n", 9, "a\nb\n")]
    [InlineData("a\nb\n", 0, "")]
    [InlineData("\n\n\n", 2, "\n\n")]
    [InlineData("", 3, "")]
    public void The_last_lines_are_those_at_the_end(string content, int lines, string expected) =>
        Encoding.UTF8.GetString(ConsoleCopy.Tail(Encoding.UTF8.GetBytes(content), lines).Span).Should().Be(expected);

    [Fact]
    public async Task What_was_set_aside_in_the_middle_is_not_missed()
    {
        using var folder = new TempFolder();
        var file = folder.Write("console.log", "");
        using var output = new MemoryStream();
        var goesOn = true;
        var copying = ConsoleCopy.RunAsync(file, null, () => goesOn, output, TimeProvider.System, CancellationToken.None);

        var large = new string('x', OutputFile.Limit) + "\nlast of the old\n";
        await File.AppendAllTextAsync(file, large);
        OutputFile.Bound(file);
        await File.AppendAllTextAsync(file, "first of the new\n");
        await Eventually.TrueAsync("all is copied", () => output.Length == large.Length + "first of the new\n".Length);
        goesOn = false;
        await copying;
        Encoding.UTF8.GetString(output.ToArray()).Should().EndWith("last of the old\nfirst of the new\n");
    }

    [Fact]
    public async Task Of_a_console_that_grew_large_while_no_agent_ran_the_end_is_shown()
    {
        using var folder = new TempFolder();
        var file = folder.Write("console.log", "");
        await using (var console = new FileStream(file, FileMode.Open))
        {
            console.Position = 3L << 30;
            console.Write("\nthe end\n"u8);
        }

        using var output = new MemoryStream();
        await ConsoleCopy.RunAsync(file, null, () => false, output, TimeProvider.System, CancellationToken.None);

        output.Length.Should().BeLessThan(8 * OutputFile.Limit);
        Encoding.UTF8.GetString(output.ToArray()).Should().EndWith("\nthe end\n");
    }

    [Fact]
    public async Task What_was_set_aside_before_comes_first()
    {
        using var folder = new TempFolder();
        folder.Write("console.log.1", "one\n");
        using var output = new MemoryStream();
        await ConsoleCopy.RunAsync(folder.Write("console.log", "two\n"), null, () => false, output, TimeProvider.System, CancellationToken.None);
        Encoding.UTF8.GetString(output.ToArray()).Should().Be("one\ntwo\n");
    }
}
