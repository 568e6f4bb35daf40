using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins;

namespace EdgeOperator.Core.Tests.Twins;

public sealed class TwinLimitsTests
{
    [Theory]
    [InlineData("""{"a.b":1}""", "'a.b'")]
    [InlineData("""{"a b":1}""", "'a b'")]
    [InlineData("""{"$x":1}""", "'$x'")]
    [InlineData("""{"x":{"a\u0001":1}}""", "properties.reported.x")]
    [InlineData("""{"a\u0000":1}""", "characters")]
    [InlineData("""{"a\u0085":1}""", "control characters")]
    [InlineData("""{"":1}""", "empty")]
    [InlineData("""{"a":[{"b.c":1}]}""", "properties.reported.a[0]")]
    [InlineData("""{"a":4503599627370496}""", "integer")]
    [InlineData("""{"a":-4503599627370497}""", "integer")]
    [InlineData("""{"a":123456789012345678901234567890}""", "integer")]
    [InlineData("""{"a":1e999}""", "too large")]
    [InlineData("""{"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":{"i":{"j":{"k":{"l":1}}}}}}}}}}}}""", "deeper than 10")]
    [InlineData("""{"a":[[[[[[[[[[[1]]]]]]]]]]]}""", "deeper than 10")]
    public void What_is_not_allowed_is_refused_with_its_place_and_the_rule(string json, string expected)
    {
        var written = TwinWrite.Report(Twin.Initial, TwinJson.Object(json), TwinJson.Now);

        written.Twin.Should().BeNull();
        written.Problem!.ToString().Should().Contain(expected);
        written.Problem.IsSize.Should().BeFalse();
    }

    [Theory]
    [InlineData("""{"a":4503599627370495,"b":-4503599627370496,"c":1.5e300}""")]
    [InlineData("""{"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":{"i":{"j":{"k":1}}}}}}}}}}}""")]
    [InlineData("""{"a-b_c/d":"ü"}""")]
    public void What_lies_within_the_limits_is_accepted(string json) =>
        TwinWrite.Report(Twin.Initial, TwinJson.Object(json), TwinJson.Now).Problem.Should().BeNull();

    [Fact]
    public void Keys_and_strings_are_measured_in_bytes_of_UTF_8()
    {
        Refusal(new() { [new string('ü', 512)] = 1 }).Should().BeNull();
        Refusal(new() { [new string('ü', 513)] = 1 }).Should().Contain("key");
        Refusal(new() { ["a"] = new string('ü', 2048) }).Should().BeNull();
        Refusal(new() { ["a"] = new string('ü', 2049) }).Should().Contain("string");
    }

    [Theory]
    [InlineData("""{"abc":1}""", 11)]
    [InlineData("""{"abc":true}""", 7)]
    [InlineData("""{"abc":"ü"}""", 5)]
    [InlineData("""{"abc":"x\n\u0085"}""", 4)]
    [InlineData("""{"a":{"b":[1,"xy",{"c":false}]}}""", 17)]
    [InlineData("""{"a":null}""", 1)]
    public void Sizes_are_counted_as_IoT_Hub_counts(string json, int size) => TwinSize.Of(TwinJson.Object(json)).Should().Be(size);

    [Theory]
    [InlineData(TwinSection.Tags, 8192)]
    [InlineData(TwinSection.Desired, 32768)]
    [InlineData(TwinSection.Reported, 32768)]
    public void A_section_may_be_just_as_large_as_its_limit(TwinSection section, int limit)
    {
        Write(section, limit).Problem.Should().BeNull();

        var problem = Write(section, limit + 1).Problem!;
        problem.IsSize.Should().BeTrue();
        problem.Message.Should().Contain($"{limit + 1}").And.Contain($"{limit}");
    }

    [Fact]
    public void The_size_that_counts_is_that_of_the_whole_section_after_the_write()
    {
        var half = TwinWrite.Report(Twin.Initial, Filled('a', 20_000), TwinJson.Now).Twin!;

        TwinWrite.Report(half, Filled('b', 20_000), TwinJson.Now).Problem!.IsSize.Should().BeTrue();
    }

    private static string? Refusal(JsonObject reported) => TwinWrite.Report(Twin.Initial, reported, TwinJson.Now).Problem?.Message;

    private static TwinWriteResult Write(TwinSection section, int size) => section switch
    {
        TwinSection.Tags => TwinWrite.Patch(Twin.Initial, Filled('k', size), null, TwinJson.Now),
        TwinSection.Desired => TwinWrite.Patch(Twin.Initial, null, Filled('k', size), TwinJson.Now),
        _ => TwinWrite.Report(Twin.Initial, Filled('k', size), TwinJson.Now),
    };

    // Keys of three characters, values of 97: a hundred each, and the rest in the last.
    private static JsonObject Filled(char prefix, int size)
    {
        var content = new JsonObject();
        var index = 0;
        for (; size >= 200; size -= 100)
            content[$"{prefix}{index++:X3}"[..4]] = new string('x', 96);
        content["z"] = new string('x', size - 1);
        return content;
    }
}
