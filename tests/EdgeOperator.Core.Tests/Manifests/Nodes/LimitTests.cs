namespace EdgeOperator.Core.Tests.Manifests.Nodes;

public sealed class LimitTests
{
    private const string TooMany = "the file holds more than 100000 values, aliases followed";
    private const string TooDeep = "values nest more than 64 levels deep";

    [Fact]
    public void Sixty_four_levels_are_read_and_one_more_is_refused()
    {
        Parsing.YamlProblems(Nested(64)).Should().BeEmpty();
        Parsing.JsonProblems(Nested(64)).Should().BeEmpty();
        Parsing.YamlProblems(Nested(65)).Should().StartWith($"{TooDeep} (f:1:65)");
        Parsing.JsonProblems(Nested(65)).Should().StartWith($"{TooDeep} (f:1:65)");

        static string Nested(int depth) => new string('[', depth) + new string(']', depth);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    public void Any_amount_of_nesting_is_refused_without_harm(string opening) =>
        Parsing.YamlProblems(string.Concat(Enumerable.Repeat(opening, 500_000))).Should().StartWith(TooDeep);

    [Theory]
    [InlineData("[")]
    [InlineData("{\"a\":")]
    public void Any_amount_of_nesting_in_JSON_is_refused_without_harm(string opening) =>
        Parsing.JsonProblems(string.Concat(Enumerable.Repeat(opening, 500_000))).Should().StartWith(TooDeep);

    [Fact]
    public void Nesting_through_aliases_counts()
    {
        var yaml = "a0: &a0 [x]\n" + string.Concat(Enumerable.Range(1, 70).Select(i => $"a{i}: &a{i} [*a{i - 1}]\n"));

        Parsing.YamlProblems(yaml).Should().StartWith(TooDeep);
    }

    [Fact]
    public void A_billion_laughs_are_refused()
    {
        var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
            + string.Concat(Enumerable.Range(1, 9).Select(i => $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]\n"));

        Parsing.YamlProblems(yaml).Should().StartWith(TooMany);
    }

    [Fact]
    public void A_long_text_with_many_aliases_is_refused()
    {
        var yaml = $"a: &a {new string('x', 1_000_000)}\nb: [{string.Join(", ", Enumerable.Repeat("*a", 100))}]\n";

        Parsing.YamlProblems(yaml).Should().StartWith(TooMany);
    }

    [Fact]
    public void Too_many_values_are_refused()
    {
        var list = $"[{string.Join(',', Enumerable.Repeat("1", 100_000))}]";

        Parsing.YamlProblems(list).Should().StartWith(TooMany);
        Parsing.JsonProblems(list).Should().StartWith(TooMany);
    }

    [Fact]
    public void A_file_larger_than_4_MiB_is_refused()
    {
        var bytes = new byte[(4 * 1024 * 1024) + 1];
        Array.Fill(bytes, (byte)' ');

        Parsing.YamlProblems(bytes).Should().StartWith("the file is larger than 4 MiB (f): ");
        Parsing.JsonProblems(bytes).Should().StartWith("the file is larger than 4 MiB (f): ");
        Parsing.YamlProblems(bytes[..^1]).Should().BeEmpty();
    }
}
