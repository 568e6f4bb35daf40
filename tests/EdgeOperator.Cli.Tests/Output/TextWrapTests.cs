using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Tests.Output;

public sealed class TextWrapTests
{
    [Theory]
    [InlineData("", 5, "")]
    [InlineData("short", 5, "short")]
    [InlineData("two words", 5, "two|words")]
    [InlineData("a few more words here", 10, "a few more|words here")]
    [InlineData("registry.local:5000/web", 10, "registry.|local:|5000/web")]
    [InlineData("unbreakable", 4, "unbr|eaka|ble")]
    [InlineData("温度センサー", 5, "温度|セン|サー")]
    [InlineData("x 😀😀😀", 4, "x|😀😀|😀")]
    public void Lines_break_at_spaces_then_at_separators_then_anywhere(string text, int width, string lines) =>
        TextWrap.Lines(text, width).Should().Equal(lines.Split('|'));
}
