using EdgeOperator.Agent.Kinds.VirtualMachine.Eflow;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Eflow;

public sealed class PowerShellTextTests
{
    [Theory]
    [InlineData("", "''")]
    [InlineData("a b", "'a b'")]
    [InlineData("it's", "'it''s'")]
    [InlineData("$env:PATH `n \"x\"", "'$env:PATH `n \"x\"'")]
    [InlineData("\u2018\u2019\u201a\u201b", "'\u2018\u2018\u2019\u2019\u201a\u201a\u201b\u201b'")]
    [InlineData("'; Remove-Item C:\\ -Recurse; '", "'''; Remove-Item C:\\ -Recurse; '''")]
    [InlineData("two\nlines", "'two\nlines'")]
    public void Text_is_a_literal(string text, string expected) => PowerShellText.Quote(text).Should().Be(expected);

    [Fact]
    public void A_literal_ends_only_at_its_end_and_says_what_was_given() => Prop.ForAll<string>(given =>
    {
        var text = (given ?? "").Replace("\0", "", StringComparison.Ordinal);
        return Read(PowerShellText.Quote(text)) == text;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_NUL_is_refused() => FluentActions.Invoking(() => PowerShellText.Quote("a\0b")).Should().Throw<ArgumentException>();

    [Fact]
    public void A_call_has_its_parameters_and_leaves_out_those_without_a_value() =>
        PowerShellText.Call("Do-It", ("text", "a'b"), ("number", 12L), ("none", null), ("on", true), ("off", false), ("list", new[] { "a", "b c" }))
            .Should().Be("Do-It -text 'a''b' -number 12 -on -list @('a', 'b c')");

    [Fact]
    public void A_list_of_one_is_still_a_list() => PowerShellText.List(["10.0.0.1"]).Should().Be("@('10.0.0.1')");

    // As PowerShell's own tokenizer reads one: of two quotes that follow each other, one is text; a single one ends it.
    private static string? Read(string literal)
    {
        var text = "";
        for (var at = 1; at < literal.Length; at++)
        {
            if ("'\u2018\u2019\u201a\u201b".Contains(literal[at]))
            {
                if (at == literal.Length - 1)
                    return text;
                if (!"'\u2018\u2019\u201a\u201b".Contains(literal[++at]))
                    return null;
            }

            text += literal[at];
        }

        return null;
    }
}
