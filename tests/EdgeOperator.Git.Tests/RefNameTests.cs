namespace EdgeOperator.Git.Tests;

public sealed class RefNameTests
{
    [Theory]
    [InlineData("main")]
    [InlineData("feature/a-b_c.d")]
    [InlineData("v1.2.3+build")]
    [InlineData("übung")]
    public void A_name_that_git_allows_is_allowed(string name) => RefName.Problem(name).Should().BeNull();

    [Theory]
    [InlineData("")]
    [InlineData("-f")]
    [InlineData("a b")]
    [InlineData("a..b")]
    [InlineData("a~1")]
    [InlineData("a^{}")]
    [InlineData("a:b")]
    [InlineData("a*")]
    [InlineData("a[b")]
    [InlineData("a\\b")]
    [InlineData("a@{1}")]
    [InlineData("@")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData(".a")]
    [InlineData("a/.b")]
    [InlineData("a.lock")]
    [InlineData("a.lock/b")]
    [InlineData("a.")]
    [InlineData("a\u007f")]
    public void A_name_that_git_forbids_is_refused(string name) => RefName.Problem(name).Should().NotBeNull();
}
