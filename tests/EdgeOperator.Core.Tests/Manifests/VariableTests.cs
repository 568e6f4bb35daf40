using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Tests.Manifests;

public sealed class VariableTests
{
    [Theory]
    [InlineData("${device.name}", "till-1")]
    [InlineData("on ${device.name} in ${device.labels.site}", "on till-1 in berlin")]
    [InlineData("${vars.registry}/x", "r.example.com/x")]
    [InlineData("${vars.other:-none}", "none")]
    [InlineData("${vars.other:-}", "")]
    [InlineData("${vars.empty:-none}", "none")]
    [InlineData("${vars.empty}", "")]
    [InlineData("${vars.registry:-none}", "r.example.com")]
    [InlineData("${vars.other:-a:b-c $x}", "a:b-c $x")]
    [InlineData("$${vars.registry}", "${vars.registry}")]
    [InlineData("$$${x}", "$${x}")]
    [InlineData("$5 and $HOME and $", "$5 and $HOME and $")]
    public void A_text_is_rendered(string text, string rendered) =>
        Reading.Yaml(Reading.ConfigFile($"content: \"{text}\"")).File().Text().Should().Be(rendered);

    [Fact]
    public void What_a_variable_brings_is_not_rendered_again()
    {
        var device = Reading.Device("d", [], [("a", "${vars.b}")]);

        Reading.Files(new RenderContext(device), ("a.yaml", Reading.ConfigFile("content: ${vars.a}"))).File().Text().Should().Be("${vars.b}");
    }

    [Fact]
    public void An_unquoted_value_is_typed_by_what_comes_out() =>
        Reading.Yaml(Reading.Module("health: {tcp: {port: 1}, retries: 2}\nstartupOrder: ${vars.port}")).Container().StartupOrder.Should().Be(8080);

    [Fact]
    public void A_quoted_value_stays_a_string() =>
        Reading.Yaml(Reading.Module("startupOrder: \"${vars.port}\"")).Complaints()
            .Should().Be("spec.startupOrder must be a whole number from 0 to 4294967295, not the string `8080` (a.yaml:7:17): remove the quotes");

    [Fact]
    public void An_unquoted_value_that_comes_out_empty_counts_as_absent() =>
        Reading.Yaml(Reading.Module("user: ${vars.user:-}\nstopTimeout: ${vars.empty}")).Container().StopTimeout.Should().BeNull();

    [Fact]
    public void A_value_can_not_bring_structure() =>
        Reading.Files(new RenderContext(Reading.Device("d", [], [("x", "[a, b]")])), ("a.yaml", Reading.Module("networks: ${vars.x}"))).Complaints()
            .Should().StartWith("spec.networks must be a list, not the string `[a, b]`");

    [Fact]
    public void A_name_may_hold_a_variable() =>
        Reading.Yaml(Reading.Module(name: "web-${device.name}")).State!.Resources.Keys.Single().Name.Should().Be("web-till-1");

    [Theory]
    [InlineData("${vars.regstry}", "this device has no `vars.regstry` (a.yaml:7:12): did you mean `vars.registry`? Otherwise give a default: `${vars.regstry:-…}`")]
    [InlineData("${vars.tenant}", "this device has no `vars.tenant` (a.yaml:7:12): set it in the agent's configuration, or give a default: `${vars.tenant:-…}`")]
    [InlineData("${device.labels.region}", "this device has no `device.labels.region` (a.yaml:7:12): set it in the agent's configuration")]
    [InlineData("${device.nam}", "the variable `device.nam` is not known (a.yaml:7:12): did you mean `device.name`? Otherwise for a literal `${` write `$${`")]
    [InlineData("${HOME}", "the variable `HOME` is not known (a.yaml:7:12): there are `device.name`, `device.labels.KEY`, `vars.KEY` and `secrets.NAME.KEY`; for a literal `${` write `$${`")]
    [InlineData("${HOME:-x}", "the variable `HOME` is not known")]
    [InlineData("${vars.}", "the variable `vars.` is not known")]
    [InlineData("${}", "`${}` is not a variable")]
    [InlineData("${a b}", "`${a b}` is not a variable")]
    [InlineData("${vars.x:+y}", "`${vars.x:+y}` is not a variable")]
    [InlineData("${vars.x:-${vars.y}}", "`${vars.x:-${vars.y}` is not a variable")]
    [InlineData("${vars.x", "`${` is never closed: `${vars.x`")]
    public void A_mistake_is_refused_with_its_place(string text, string problem) =>
        Reading.Yaml(Reading.ConfigFile($"content: \"{text}\"")).Complaints().Should().StartWith(problem);

    [Theory]
    [InlineData("networks: [${vars.net}]", "(a.yaml:7:15): put the value with the variable in quotes")]
    [InlineData("env: {A: x${vars.net}}", "(a.yaml:7:14): put the value with the variable in quotes")]
    public void A_variable_inside_brackets_needs_quotes(string spec, string problem) =>
        Reading.Yaml(Reading.Module(spec)).Complaints().Should().StartWith("not valid YAML: ").And.EndWith(problem);

    [Fact]
    public void A_key_holds_no_variable() =>
        Reading.Yaml(Reading.Module("env: {\"${device.name}\": x}")).Complaints()
            .Should().StartWith("the key `${device.name}` holds a variable (a.yaml:7:9): write the key out; only values are rendered");

    [Fact]
    public void An_aliased_value_is_complained_about_once() =>
        Reading.Yaml(Reading.Module("env: {A: &a \"${vars.nothing}\", B: *a}")).Problems.Should().ContainSingle();

    [Fact]
    public void Without_a_device_a_variable_may_be_anything_its_type_allows()
    {
        var manifest = Reading.Module("startupOrder: ${vars.order}\nstopTimeout: ${vars.patience}\nreadOnly: ${vars.ro}\nenv: {A: \"${device.name}\"}\nports: [\"${vars.p}:80\"]");

        Reading.Files(RenderContext.AnyDevice, ("a.yaml", manifest)).Problems.Should().BeEmpty();
    }

    [Fact]
    public void Without_a_device_a_mistake_in_a_default_or_a_name_is_still_found() =>
        Reading.Files(RenderContext.AnyDevice, ("a.yaml", Reading.Module("startupOrder: ${vars.order:-first}\nuser: ${vra.x}"))).Problems.Should().HaveCount(2);
}
