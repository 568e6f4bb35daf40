using EdgeOperator.Core.Text;

namespace EdgeOperator.Core.Tests.Text;

/// <summary>Git itself is compared with in the command line's tests.</summary>
public class IgnorePatternsTests
{
    [Theory]
    [InlineData("*.log", "a.log", true)]
    [InlineData("*.log", "logs/a.log", true)]
    [InlineData("/*.log", "logs/a.log", false)]
    [InlineData("logs/*.log", "logs/a.log", true)]
    [InlineData("logs/*.log", "x/logs/a.log", false)]
    [InlineData("**/logs/a.log", "x/y/logs/a.log", true)]
    [InlineData("**/logs/a.log", "logs/a.log", true)]
    [InlineData("a/**/b", "a/b", true)]
    [InlineData("a/**/b", "a/x/y/b", true)]
    [InlineData("a/**", "a/x", true)]
    [InlineData("a/**", "a", false)]
    [InlineData("a**b", "axxb", true)]
    [InlineData("a**b", "a/b", false)]
    [InlineData("?.js", "a.js", true)]
    [InlineData("?.js", "ab.js", false)]
    [InlineData("[a-c].js", "b.js", true)]
    [InlineData("[!a-c].js", "b.js", false)]
    [InlineData("[^a-c].js", "d.js", true)]
    [InlineData("[]-].js", "].js", true)]
    [InlineData("[[:digit:]x].js", "7.js", true)]
    [InlineData("[a", "[a", false)]
    [InlineData("a\\*", "a*", true)]
    [InlineData("a\\*", "ab", false)]
    [InlineData("\\#a", "#a", true)]
    [InlineData("#a", "#a", false)]
    [InlineData("\\!a", "!a", true)]
    [InlineData("a ", "a", true)]
    [InlineData("a\\ ", "a ", true)]
    [InlineData("a\r", "a", true)]
    [InlineData("*.js\n!keep.js", "keep.js", false)]
    [InlineData("!keep.js\n*.js", "keep.js", true)]
    [InlineData("test/", "test", false)]
    [InlineData("A.js", "a.js", false)]
    [InlineData("a.js", "aXjs", false)]
    public void A_file_is_ignored_by_the_rules_of_gitignore(string patterns, string path, bool isIgnored) =>
        IgnorePatterns.Parse(patterns).IsIgnored(path, isFolder: false).Should().Be(isIgnored);

    [Fact]
    public void A_slash_at_the_end_means_folders_only()
    {
        IgnorePatterns.Parse("test/").IsIgnored("src/test", isFolder: true).Should().BeTrue();
        IgnorePatterns.Parse("test/").IsIgnored("src/test", isFolder: false).Should().BeFalse();
    }
}
