using System.Text;

namespace EdgeOperator.Core.Tests.Manifests.Nodes;

public sealed class YamlRefusalTests
{
    [Fact]
    public void A_key_that_stands_twice_is_refused_with_both_places() =>
        Parsing.YamlProblems("a: 1\nb: 2\na: 3\n").Should().Be("the key `a` stands twice (f:3:1): remove one of them; the first is at f:1:1");

    [Theory]
    [InlineData("a: 1\n  b: 2\n", "(f:2:4)")]
    [InlineData("a:\n    b: 1\n  c: 2\n", "(f:3:3)")]
    [InlineData("a:\n\tb: 1\n", "tab as indentation (f:2:1)")]
    [InlineData("a: [1, 2\nb: 2\n", "(f:2:1)")]
    [InlineData("a: \"x\n", "(f:1:4)")]
    [InlineData("a: \"\\UFFFFFFFF\"", "(f:1:")]
    [InlineData("a: @x", "(f:1:4)")]
    [InlineData("a:\n : b\n", "a key or value is missing (f:3:1)")]
    [InlineData("%YAML 3.0\n---\na", "(f:1:1)")]
    public void Broken_YAML_is_refused_where_it_breaks(string yaml, string where) =>
        Parsing.YamlProblems(yaml).Should().StartWith("not valid YAML: ").And.Contain(where);

    [Theory]
    [InlineData("a: *x", "no anchor `&x` stands before this alias (f:1:4)")]
    [InlineData("a: &x 1\n---\nb: *x", "no anchor `&x` stands before this alias (f:3:4)")]
    [InlineData("a: &x [1, *x]", "the alias `*x` stands inside what it names (f:1:11)")]
    [InlineData("<<: 5", "`<<` can't merge the number 5 (f:1:5)")]
    [InlineData("? [a]\n: b\n", "a key can't be a list (f:1:3)")]
    [InlineData("a: !foo 1", "the tag `!foo` is not known (f:1:4)")]
    [InlineData("a: !foo {b: 1}", "the tag `!foo` is not known (f:1:4)")]
    [InlineData("a: !!binary aGk=", "the tag `tag:yaml.org,2002:binary` is not known (f:1:4)")]
    [InlineData("a: !!int x", "`x` does not fit its tag `!!int` (f:1:4)")]
    [InlineData("a: 1\nb: \u0000\n", "the control character 0x00 is not allowed (f:2:4)")]
    [InlineData("ü: \u0007", "the control character 0x07 is not allowed (f:1:4)")]
    public void What_the_language_leaves_out_is_refused(string yaml, string problem) =>
        Parsing.YamlProblems(yaml).Should().StartWith(problem);

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_refused() =>
        Parsing.YamlProblems([.. "a: ü\nb: "u8, 0xC3, 0x28]).Should().Be("the byte 0xC3 is not UTF-8 (f:2:4): save the file as UTF-8");

    [Fact]
    public void UTF_16_is_refused() =>
        Parsing.YamlProblems([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("a: 1")]).Should().StartWith("the byte 0xFF is not UTF-8 (f:1:1)");

    [Fact]
    public void Every_problem_of_a_file_is_reported() =>
        Parsing.YamlProblems("a: !x 1\na: 2\nb: !y 3\nc: [").Split('\n').Should().HaveCount(4);
}
