using EdgeOperator.Core.Twins.Configurations;

namespace EdgeOperator.Core.Tests.Twins.Configurations;

public sealed class ConfigurationReadingTests
{
    private const string Row = """{"deviceId":"d1","moduleId":"m","tags":{"site":"berlin"},"properties":{"reported":{"ready":true}}}""";

    [Theory]
    [InlineData("*", true)]
    [InlineData(" * ", true)]
    [InlineData("", false)]
    [InlineData("  ", false)]
    [InlineData("tags.site = 'berlin'", true)]
    [InlineData("tags.site='paris' or deviceId = 'd1'", true)]
    [InlineData("properties.reported.ready = true", true)]
    [InlineData("FROM devices d WHERE d.tags.site = 'berlin'", true)]
    [InlineData("from devices", true)]
    public void A_target_condition_takes_all_none_or_some(string condition, bool matches) =>
        TargetCondition.Parse(condition, ConfigurationKind.Devices).Matches(TwinJson.Object(Row)).Should().Be(matches);

    [Theory]
    [InlineData("tags.site = 'x'", false)]
    [InlineData("*", false)]
    [InlineData("tags.a = 1 AND NOT (properties.reported.x IN [1, 2])", true)]
    [InlineData("is_defined(properties.reported.x)", true)]
    [InlineData("properties.desired.x = 1", false)]
    public void It_is_known_whether_reports_can_bring_a_device_in(string condition, bool reads) =>
        TargetCondition.Parse(condition, ConfigurationKind.Devices).ReadsReported.Should().Be(reads);

    [Theory]
    [InlineData("tags.site = ", ConfigurationKind.Edge)]
    [InlineData("FROM devices.modules WHERE moduleId = 'x'", ConfigurationKind.Devices)]
    [InlineData("FROM devices WHERE deviceId = 'x'", ConfigurationKind.Modules)]
    [InlineData("FROM devices.jobs", ConfigurationKind.Devices)]
    public void A_condition_that_is_none_of_its_kind_is_refused(string condition, ConfigurationKind kind) =>
        ((Action)(() => TargetCondition.Parse(condition, kind))).Should().Throw<ConfigurationException>().Which.IsCondition.Should().BeTrue();

    [Theory]
    [InlineData("""{}""", "'content' is missing")]
    [InlineData("""{"content":{}}""", "none, or more than one")]
    [InlineData("""{"content":{"deviceContent":{"properties.desired.a":1},"modulesContent":{"$edgeAgent":{}}}}""", "none, or more than one")]
    [InlineData("""{"content":{"deviceContent":{"properties.desired":{"a":1}}}}""", "set a part of it")]
    [InlineData("""{"content":{"deviceContent":{"tags.a":1}}}""", "'tags.a' of deviceContent is not properties.desired")]
    [InlineData("""{"content":{"deviceContent":{"properties.desired.a b":1}}}""", "not allowed in keys")]
    [InlineData("""{"content":{"modulesContent":{"web":{"properties.desired":{}}}}}""", "has no $edgeAgent")]
    [InlineData("""{"content":{"modulesContent":{"$edgeAgent":{"properties.desired":5}}}}""", "not an object")]
    [InlineData("""{"content":{"modulesContent":{"$edgeAgent":{},"a b":{}}}}""", "'a b' is no name of a module")]
    [InlineData("""{"priority":-1,"content":{"deviceContent":{"properties.desired.a":1}}}""", "whole number")]
    [InlineData("""{"priority":"high","content":{"deviceContent":{"properties.desired.a":1}}}""", "whole number")]
    [InlineData("""{"targetCondition":5,"content":{"deviceContent":{"properties.desired.a":1}}}""", "not a string")]
    public void A_configuration_that_no_twin_could_take_is_refused(string document, string reason) =>
        ((Action)(() => Configuration.Read("c", TwinJson.Object(document), TwinJson.Now))).Should().Throw<ConfigurationException>().WithMessage($"*{reason}*");

    [Theory]
    [InlineData("""{"$edgeAgent":{"properties.desired":{}}}""", false)]
    [InlineData("""{"$edgeAgent":{"properties.desired.modules.a":{}}}""", true)]
    [InlineData("""{"$edgeAgent":{}}""", true)]
    public void A_deployment_that_sets_parts_of_the_agent_alone_is_layered(string content, bool isLayered) =>
        ConfiguredTwins.Deployment("d", 1, content).IsLayered.Should().Be(isLayered);

    [Fact]
    public void Settings_of_a_part_stand_before_those_inside_of_it_in_whatever_order_they_come()
    {
        var settings = TwinSettings.Read(TwinJson.Object("""{"properties.desired.a.b":2,"properties.desired":{"a":{"b":1,"c":1},"n":null}}"""), "m");

        settings.SetIn(TwinJson.Object("""{"gone":1}""")).ToJsonString().Should().Be("""{"a":{"b":2,"c":1}}""");
    }
}
