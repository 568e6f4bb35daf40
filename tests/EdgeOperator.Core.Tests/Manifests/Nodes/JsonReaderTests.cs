using System.Text;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Tests.Manifests.Nodes;

public sealed class JsonReaderTests
{
    [Fact]
    public void JSON_keeps_its_values() =>
        Parsing.Json("""{"a": [1, -2.5, 1e2, true, null, "ü\n"], "b": {}}""").Should().Be("""{"a":[1,-2.5,100,true,null,"ü\n"],"b":{}}""");

    [Fact]
    public void Comments_a_last_comma_and_a_byte_order_mark_do_no_harm() =>
        Parsing.Json("\uFEFF{\"a\": 1, // one\n /* two */ \"b\": [2,],}").Should().Be("""{"a":1,"b":[2]}""");

    [Fact]
    public void Keys_and_values_have_positions_that_count_characters_from_1()
    {
        var map = (MapNode)JsonReader.Read(new("f", Encoding.UTF8.GetBytes("{\n  \"ü\": [1, \"zwei\"]\n}")), new())!;

        var entry = map.Entries.Single();
        entry.KeyWhere.ToString().Should().Be("f:2:3");
        ((ListNode)entry.Value).Items[1].Where.ToString().Should().Be("f:2:12");
    }

    [Theory]
    [InlineData("", "not valid JSON: ", "(f:1:1)")]
    [InlineData("{\n \"a\": tru }", "not valid JSON: ", "(f:2:10)")]
    [InlineData("{\"ü\": ]", "not valid JSON: ", "(f:1:7)")]
    [InlineData("{} {}", "not valid JSON: ", "(f:1:4)")]
    [InlineData("{\"a\": 1, \"b\": 2, \"a\": 3}", "the key `a` stands twice", "(f:1:18): remove one of them; the first is at f:1:2")]
    [InlineData("[1e999]", "the number `1e999` is too large", "(f:1:2)")]
    [InlineData("[\"\\ud800\"]", "the string holds half of a surrogate pair", "(f:1:2)")]
    [InlineData("{\"\\ud800\": 1}", "the string holds half of a surrogate pair", "(f:1:2)")]
    public void Broken_JSON_is_refused_where_it_breaks(string json, string problem, string where) =>
        Parsing.JsonProblems(json).Should().StartWith(problem).And.Contain(where);

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_refused() =>
        Parsing.JsonProblems([.. "{\"a\":\n\""u8, 0xFF, .. "\"}"u8]).Should().StartWith("the byte 0xFF is not UTF-8 (f:2:2)");

    [Fact]
    public void A_refused_file_gives_no_node()
    {
        var problems = new ProblemCollector();

        JsonReader.Read(new("f", "{"u8.ToArray()), problems).Should().BeNull();
        problems.Count.Should().Be(1);
    }
}
