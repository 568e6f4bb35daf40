using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Tests.Manifests.Nodes;

public sealed class YamlReaderTests
{
    [Fact]
    public void A_file_holds_many_documents_and_empty_ones_do_not_count() =>
        Parsing.Yaml("---\na: 1\n---\n# nothing\n---\n- b\n...\n---\n").Should().Equal("""{"a":1}""", """["b"]""");

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    [InlineData("---\n")]
    public void An_empty_file_has_no_documents(string text) => Parsing.Yaml(text).Should().BeEmpty();

    [Fact]
    public void A_byte_order_mark_and_Windows_line_ends_do_no_harm() =>
        Parsing.Yaml("\uFEFFa: 1\r\nb: |\r\n  x\r\n  y\r\n").Should().Equal("""{"a":1,"b":"x\ny\n"}""");

    [Theory]
    [InlineData("null", "null")]
    [InlineData("~", "null")]
    [InlineData("", "null")]
    [InlineData("true", "true")]
    [InlineData("False", "false")]
    [InlineData("yes", "\"yes\"")]
    [InlineData("off", "\"off\"")]
    [InlineData("12", "12")]
    [InlineData("-7", "-7")]
    [InlineData("0x1f", "31")]
    [InlineData("0o17", "15")]
    [InlineData("0644", "\"0644\"")]
    [InlineData("1.50", "1.50")]
    [InlineData("1e3", "1000")]
    [InlineData(".inf", "\".inf\"")]
    [InlineData("1e999", "\"1e999\"")]
    [InlineData("22:30", "\"22:30\"")]
    [InlineData("2026-01-02", "\"2026-01-02\"")]
    [InlineData("1_000", "\"1_000\"")]
    [InlineData("'12'", "\"12\"")]
    [InlineData("\"true\"", "\"true\"")]
    [InlineData("!!str 12", "\"12\"")]
    [InlineData("! 12", "\"12\"")]
    [InlineData("!!int 12", "12")]
    [InlineData("!!float 1", "1")]
    public void An_unquoted_scalar_means_what_YAML_1_2_says_and_a_quoted_one_is_a_string(string yaml, string json) =>
        Parsing.Yaml($"a: {yaml}").Should().Equal($"{{\"a\":{json}}}");

    [Fact]
    public void A_number_beyond_64_bits_keeps_its_digits() =>
        Parsing.Yaml("a: 123456789012345678901234").Should().Equal("""{"a":123456789012345678901234}""");

    [Fact]
    public void Keys_and_values_have_positions_that_count_from_1()
    {
        var map = Parsing.YamlMap("a:\n  bü: [1, zwei]\n");

        var entry = ((MapNode)map["a"]!).Entries.Single();
        entry.KeyWhere.ToString().Should().Be("f:2:3");
        ((ListNode)entry.Value).Items[1].Where.ToString().Should().Be("f:2:11");
    }

    [Fact]
    public void An_alias_stands_for_what_its_anchor_names() =>
        Parsing.Yaml("a: &x {p: 1}\nb: *x\nc: &x 2\nd: *x\n*x : 3\n").Should().Equal("""{"a":{"p":1},"b":{"p":1},"c":2,"d":2,"2":3}""");

    [Fact]
    public void A_merge_key_adds_what_the_mapping_lacks() =>
        Parsing.Yaml("a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {z: 3, <<: [*a, *b]}\nd: {'<<': 4}\n")
            .Should().Equal("""{"a":{"x":1,"y":1},"b":{"y":2,"z":2},"c":{"z":3,"x":1,"y":1},"d":{"<<":4}}""");
}
