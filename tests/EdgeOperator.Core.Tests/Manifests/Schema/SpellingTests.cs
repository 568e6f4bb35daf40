using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Tests.Manifests.Schema;

public sealed class SpellingTests
{
    private static readonly string[] Words = ["image", "imagePullPolicy", "env", "volumes", "user"];

    [Theory]
    [InlineData("imgae", "image")]
    [InlineData("Image", "image")]
    [InlineData("imagepullpolicy", "imagePullPolicy")]
    [InlineData("envs", "env")]
    [InlineData("volume", "volumes")]
    [InlineData("environment", "env")]
    [InlineData("vol", "volumes")]
    public void A_slip_finds_the_word_that_was_meant(string slip, string word) => Spelling.Closest(slip, Words).Should().Be(word);

    [Theory]
    [InlineData("")]
    [InlineData("replicas")]
    [InlineData("x")]
    public void Something_else_finds_nothing(string word) => Spelling.Closest(word, Words).Should().BeNull();
}
