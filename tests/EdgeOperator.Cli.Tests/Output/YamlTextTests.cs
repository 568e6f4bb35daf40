using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;
using FsCheck;
using FsCheck.Fluent;
using YamlDotNet.RepresentationModel;

namespace EdgeOperator.Cli.Tests.Output;

public sealed class YamlTextTests
{
    [Fact]
    public void Structure_is_block_style()
    {
        var document = JsonNode.Parse("""{"a":1,"b":[true,null,{"c":"d","e":[]}],"f":{},"g":1.5}""");

        YamlText.Render(document).Should().Be("""
            a: 1
            b:
              - true
              - null
              - c: d
                e: []
            f: {}
            g: 1.5

            """);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("No")]
    [InlineData("null")]
    [InlineData("~")]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("1e5")]
    [InlineData("0x1f")]
    [InlineData("1:20")]
    [InlineData("2026-07-01")]
    [InlineData("1_000")]
    [InlineData(".5")]
    [InlineData("-.inf")]
    public void A_string_that_looks_like_something_else_is_quoted(string text) =>
        YamlText.Render(new JsonArray(text)).Should().Be($"- '{text}'\n");

    [Theory]
    [InlineData("in sync")]
    [InlineData("registry.local:5000/web:2")]
    [InlineData("main@1a2b3c4")]
    public void An_ordinary_string_is_not(string text) => YamlText.Render(new JsonArray(text)).Should().Be($"- {text}\n");

    [Fact]
    public void Any_string_comes_back_as_it_was() => Prop.ForAll<NonNull<string>>(text =>
    {
        var clean = string.Concat(text.Get.Where(c => !char.IsSurrogate(c))) + "\U0001F600";
        var yaml = new YamlStream();
        yaml.Load(new StringReader(YamlText.Render(new JsonObject { ["key"] = clean })));

        ((YamlScalarNode)yaml.Documents[0].RootNode["key"]).Value.Should().Be(clean);
    }).QuickCheckThrowOnFailure();
}
