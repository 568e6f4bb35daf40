using System.Globalization;
using System.Text;
using EdgeOperator.Core.Text;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Text;

public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("plain text, tabs\tand\nlines", "plain text, tabs\tand\nlines")]
    [InlineData("größer 中文 😀 ☂️", "größer 中文 😀 ☂️")]
    [InlineData("\e[31mred\e[0m", "^[[31mred^[[0m")]
    [InlineData("\e]0;title\a", "^[]0;title^G")]
    [InlineData("over\rwritten", "over^Mwritten")]
    [InlineData("back\b\bspace\u007f", "back^H^Hspace^?")]
    [InlineData("a line\r\nand another\r\n", "a line\nand another\n")]
    [InlineData("\u009b31m", "<U+009B>31m")]
    [InlineData("user\u202egpj.exe", "user<U+202E>gpj.exe")]
    [InlineData("\u2066a\u2069\u200e\u200f\u061c", "<U+2066>a<U+2069><U+200E><U+200F><U+061C>")]
    [InlineData("zero\u200bwidth\u200d\u2060\ufeff", "zero<U+200B>width<U+200D><U+2060><U+FEFF>")]
    [InlineData("\u2028\u2029", "<U+2028><U+2029>")]
    [InlineData("\U000E0041", "<U+E0041>")]
    [InlineData("\u3164", "<U+3164>")]
    public void What_a_terminal_could_act_on_is_named_and_all_else_stays(string text, string expected) =>
        TerminalText.Escape(text).Should().Be(expected);

    [Fact]
    public void Half_of_a_surrogate_pair_is_named()
    {
        TerminalText.Escape("a\ud800b").Should().Be("a<U+D800>b");
        TerminalText.Escape("a\ud800").Should().Be("a<U+D800>");
        TerminalText.Escape("\udc00\r").Should().Be("<U+DC00>^M");
    }

    [Fact]
    public void On_one_line_breaks_are_spaces() => TerminalText.EscapeLine("a\r\nb\nc\td\re\e").Should().Be("a b c d e^[");

    [Fact]
    public void No_unsafe_character_of_Unicode_gets_through()
    {
        foreach (var value in Enumerable.Range(0, 0x110000).Where(v => v is < 0xD800 or > 0xDFFF))
        {
            var escaped = TerminalText.Escape(new Rune(value).ToString());
            var category = CharUnicodeInfo.GetUnicodeCategory(escaped, 0);
            (category is UnicodeCategory.Control && escaped is not ("\n" or "\t") || category is UnicodeCategory.Format or UnicodeCategory.LineSeparator)
                .Should().BeFalse($"U+{value:X4} became {escaped}");
        }
    }

    [Fact]
    public void Cut_anywhere_the_pieces_give_the_same_as_the_whole() => Prop.ForAll(
        Gen.Elements('a', '\r', '\n', '\e', '\ud83d', '\ude00', '\u202e', 'ü').ListOf().ToArbitrary(),
        Gen.Choose(0, 20).ToArbitrary(),
        (characters, at) =>
        {
            var text = new string([.. characters]);
            var cut = Math.Min(at, text.Length);
            var pieces = new StringBuilder();
            var escaper = new TerminalEscaper();
            escaper.Append(text.AsSpan(0, cut), pieces);
            escaper.Append(text.AsSpan(cut), pieces);
            escaper.Complete(pieces);
            return pieces.ToString() == TerminalText.Escape(text);
        }).QuickCheckThrowOnFailure();
}
