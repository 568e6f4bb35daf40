using static EdgeOperator.Core.Tests.Manifests.Reading;

namespace EdgeOperator.Core.Tests.Manifests;

public sealed class IgnoredFileTests
{
    [Theory]
    [InlineData("broken.yaml", "broken.yaml")]
    [InlineData("broken.yaml", "a/b/broken.yaml")]
    [InlineData("/broken.yaml", "broken.yaml")]
    [InlineData("ci/", "ci/x/broken.yaml")]
    [InlineData("ci/", "a/ci/broken.yaml")]
    [InlineData("/ci/*.yaml", "ci/broken.yaml")]
    [InlineData("a/**/c", "a/b1/b2/c/broken.yaml")]
    [InlineData("**/broken.*", "a/broken.yaml")]
    [InlineData("brok?n.yaml", "broken.yaml")]
    [InlineData("# a comment\n\nbroken.yaml\r\n", "broken.yaml")]
    [InlineData("*.yaml\n!web.yaml", "broken.yaml")]
    public void What_matches_is_no_manifest(string patterns, string path) =>
        Files((".edgeopignore", patterns), (path, "kind: Nonsense\n"), ("web.yaml", Module())).State!.Resources.Should().ContainSingle();

    [Theory]
    [InlineData("/broken.yaml", "a/broken.yaml")]
    [InlineData("broken.yaml/", "broken.yaml")]
    [InlineData("brok*", "a/unbroken.yaml")]
    [InlineData("ci/*.yaml", "ci/a/broken.yaml")]
    [InlineData("*\n!*.yaml", "broken.yaml")]
    public void Anything_else_is_one(string patterns, string path) =>
        Files((".edgeopignore", patterns), (path, "kind: Nonsense\n"), ("web.yaml", Module())).Problems.Should().NotBeEmpty();

    [Fact]
    public void Patterns_count_from_the_folder_of_their_file() =>
        Files(("a/.edgeopignore", "/broken.yaml"), ("a/broken.yaml", "kind: Nonsense\n"), ("b/broken.yaml", "kind: Nonsense\n")).Problems
            .Should().OnlyContain(problem => problem.Where.File == "b/broken.yaml");

    [Fact]
    public void What_is_left_out_may_still_be_data() =>
        Files((".edgeopignore", "settings.yaml"), ("settings.yaml", "kind: Nonsense"), ("motd.yaml", ConfigFile("source: settings.yaml"))).File().Text().Should().Be("kind: Nonsense");
}
