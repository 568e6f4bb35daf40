using EdgeOperator.Git.Tree;


namespace EdgeOperator.Git.Tests.Tree;

public sealed class TreePathTests
{
    [Theory]
    [InlineData("a.yaml")]
    [InlineData("sites/berlin/modules.yaml")]
    [InlineData(".github/x.yaml")]
    [InlineData("..data/x.yaml")]
    [InlineData("a b/ü.yaml")]
    [InlineData(".gitignore")]
    public void A_harmless_path_is_accepted(string path) => TreePath.Problem(path).Should().BeNull();

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("../a")]
    [InlineData("a/../b")]
    [InlineData("a/.")]
    [InlineData(".git/config")]
    [InlineData("a/.GIT")]
    [InlineData("a\nb")]
    [InlineData("a\u001b[2J")]
    [InlineData("a\uFFFD")]
    public void A_harmful_path_is_refused(string path) => TreePath.Problem(path).Should().NotBeNull();

    [Fact]
    public void An_endless_path_is_refused() => TreePath.Problem(new string('a', 1025)).Should().NotBeNull();
}
