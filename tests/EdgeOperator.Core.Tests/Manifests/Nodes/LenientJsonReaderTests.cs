using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Tests.Manifests.Nodes;

public sealed class LenientJsonReaderTests
{
    [Theory]
    [InlineData("""{"a": 1, "b": [true, null, "x\n\u0041"]}""", """{"a":1,"b":[true,null,"x\nA"]}""", "")]
    [InlineData("{a: 1, $b_2: 2}", """{"a":1,"$b_2":2}""", "names without quotes")]
    [InlineData("{'a': 'it\\'s \"x\"'}", """{"a":"it's \"x\""}""", "single quotes")]
    [InlineData("/* a */ {\"a\": 1 // one\n}", """{"a":1}""", "comments")]
    [InlineData("""{"a": [1, 2,],}""", """{"a":[1,2]}""", "a comma behind the last item")]
    [InlineData("""{"a": 0x1F, "b": -0x10, "c": 017}""", """{"a":31,"b":-16,"c":15}""", "hexadecimal or octal numbers")]
    [InlineData("""{"a": .5, "b": 5.}""", """{"a":0.5,"b":5}""", "numbers that begin or end with a point")]
    [InlineData("{\"a\":\u00A01\u2003}", """{"a":1}""", "unusual white space")]
    [InlineData("\uFEFF{\"a\": 1}", """{"a":1}""", "unusual white space")]
    [InlineData("{\"a\": \"1\n2\"}", """{"a":"1\n2"}""", "line ends or control characters in texts")]
    [InlineData("""{"a": undefined}""", """{"a":null}""", "undefined")]
    [InlineData("""{"a": 1, "b": 2, "a": 3}""", """{"a":3,"b":2}""", "the name `a` twice, of which the last counts")]
    [InlineData("""{"a": ${B}, "c": 1}""", """{"a":"${B}","c":1}""", "variables without quotes")]
    [InlineData("{a:'b',/**/c:[],}", """{"a":"b","c":[]}""", "a comma behind the last item, comments, names without quotes, single quotes")]
    [InlineData("""{"a": 1.5e3, "b": -2}""", """{"a":1500,"b":-2}""", "")]
    public void What_Newtonsoft_reads_is_read_and_named(string text, string json, string deviations)
    {
        var problems = new ProblemCollector();

        var node = LenientJsonReader.Read("x", text, problems, out var found);

        problems.Problems.Should().BeEmpty();
        node!.ToJson()!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }).Should().Be(json);
        string.Join(", ", found).Should().Be(deviations);
    }

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("{", 1, 2)]
    [InlineData("{\n  \"a\": oops\n}", 2, 8)]
    [InlineData("{\"a\" 1}", 1, 6)]
    [InlineData("[1 2]", 1, 4)]
    [InlineData("[1,,2]", 1, 4)]
    [InlineData("{,}", 1, 2)]
    [InlineData("\"a", 1, 1)]
    [InlineData("\"\\x\"", 1, 3)]
    [InlineData("{} {}", 1, 4)]
    [InlineData("{}}", 1, 3)]
    [InlineData("08", 1, 1)]
    [InlineData("+1", 1, 1)]
    [InlineData("--1", 1, 1)]
    [InlineData("new Date(1)", 1, 1)]
    [InlineData("/* x", 1, 1)]
    [InlineData("${A", 1, 1)]
    [InlineData("1e999", 1, 1)]
    public void What_Newtonsoft_refuses_is_a_problem_with_its_place(string text, int line, int column)
    {
        var problems = new ProblemCollector();

        LenientJsonReader.Read("x", text, problems, out _).Should().BeNull();

        problems.Problems.Should().ContainSingle().Which.Where.Should().Be(new Position("x", line, column));
    }

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        var problems = new ProblemCollector();

        LenientJsonReader.Read("x", new string('[', 100_000), problems, out _).Should().BeNull();

        problems.Problems.Should().ContainSingle().Which.What.Should().Contain("nest");
    }
}
