using System.Text.Json;
using EdgeOperator.Core.Interop;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Interop;

public sealed class ShellWordsTests
{
    public static TheoryData<string> All => new(CaseFile.Lines("words.txt"));

    [Theory]
    [MemberData(nameof(All))]
    public void A_line_has_the_words_that_the_case_expects(string line)
    {
        var (text, expected) = CaseFile.Arrow(line);

        var parsed = ShellWords.TryParse(text, out var words);

        parsed.Should().Be(expected != "refused");
        words.Should().Equal(parsed ? JsonSerializer.Deserialize<string[]>(expected) : []);
    }

    [Fact]
    public void What_is_joined_is_parsed_as_it_was() => Prop.ForAll<string[]>(given =>
    {
        var words = Clean(given);
        return ShellWords.TryParse(ShellWords.Join(words), out var parsed) && parsed.SequenceEqual(words);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_parsed_is_at_most_quoted_more_than_needed() => Prop.ForAll(
        Gen.Elements("'", "\\", " ", "a", "'\\''", "$", "\n").ArrayOf().Select(string.Concat).ToArbitrary(),
        text => !ShellWords.TryParse(text, out var words)
            || ShellWords.TryParse(ShellWords.Join(words), out var again) && again.SequenceEqual(words)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("a\0b")]
    [InlineData("'a\0b'")]
    public void A_NUL_is_refused(string text)
    {
        ShellWords.TryParse(text, out _).Should().BeFalse();
        FluentActions.Invoking(() => ShellWords.Quote(text)).Should().Throw<ArgumentException>();
    }

    internal static string[] Clean(string[] words) => [.. words.Select(word => (word ?? "").Replace("\0", "", StringComparison.Ordinal))];
}
