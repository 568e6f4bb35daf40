using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Tests.Manifests;

public sealed class EnvironmentTests
{
    [Theory]
    [InlineData("env: {A: x, B: 1.50, C: true, D: \"\"}")]
    [InlineData("env: {A: {value: x}, B: {value: 1.50}, C: {value: true}, D: {value: \"\"}}")]
    [InlineData("env: [{name: A, value: x}, {name: B, value: 1.50}, {name: C, value: true}, {name: D}]")]
    public void Every_form_gives_the_same_variables_just_as_they_are_written(string spec) =>
        JsonNode.Parse(Reading.Yaml(Reading.Module(spec)).Container().CreateBody)!["Env"]!.ToJsonString()
            .Should().Be("""["A=x","B=1.50","C=true","D="]""");

    [Theory]
    [InlineData("env: [A=1]", "spec.env[0] must be a mapping, not the string `A=1`")]
    [InlineData("env: {A: [1]}", "spec.env.A must be text, not a list")]
    [InlineData("env: {A: }", "spec.env.A must be text, not nothing")]
    [InlineData("env: {\"A B\": x}", "`A B` in spec.env is not an environment variable's name (a.yaml:7:9): use no blanks and no `=`")]
    [InlineData("env: {A=: x}", "`A=` in spec.env is not an environment variable's name")]
    [InlineData("env: {A: {val: x}}", "the field `val` is not known in spec.env.A (a.yaml:7:13): did you mean `value`?")]
    [InlineData("env: [{name: A}, {name: A}]", "spec.env has `A` twice")]
    [InlineData("env: {A: \"\\0\"}", "remove the character \\0")]
    [InlineData("env: text", "spec.env must be a mapping of names to values, or a list of `name` and `value`, not the string `text`")]
    public void What_is_no_environment_is_refused(string spec, string problem) =>
        Reading.Yaml(Reading.Module(spec)).Complaints().Should().Contain(problem);
}
