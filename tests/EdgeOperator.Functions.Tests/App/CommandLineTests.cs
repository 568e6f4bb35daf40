using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Tests.App;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("  -u\thandler.py ", new[] { "-u", "handler.py" })]
    [InlineData("-S \"127.0.0.1:%PORT%\" 'a b'", new[] { "-S", "127.0.0.1:%PORT%", "'a", "b'" })]
    [InlineData("a\"b c\"d", new[] { "ab cd" })]
    [InlineData("\"\" x", new[] { "", "x" })]
    [InlineData("\"say \"\"hi\"\"\"", new[] { "say \"hi\"" })]
    [InlineData(@"C:\dir\ \""q\"" ""C:\a b\\""", new[] { @"C:\dir\", "\"q\"", @"C:\a b\" })]
    public void A_line_is_taken_apart_at_blanks_outside_of_quotes(string line, string[] arguments) => CommandLine.Split(line).Should().Equal(arguments);
}
