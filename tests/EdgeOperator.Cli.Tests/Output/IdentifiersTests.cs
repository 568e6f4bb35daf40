using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Tests.Output;

public sealed class IdentifiersTests
{
    [Theory]
    [InlineData("web:2", "web:2")]
    [InlineData("main@0ddfd12", "main@0ddfd12")]
    [InlineData("0123456789abcdef0123456789abcdef01234567", "0123456789ab")]
    [InlineData("registry.local/web@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "registry.local/web@sha256:0123456789ab")]
    [InlineData("v0123456789abcdef0123456789abcdef01234567", "v0123456789abcdef0123456789abcdef01234567")]
    public void Long_hexadecimal_identifiers_are_abbreviated_and_nothing_else(string text, string expected) =>
        Identifiers.Abbreviate(text).Should().Be(expected);
}
