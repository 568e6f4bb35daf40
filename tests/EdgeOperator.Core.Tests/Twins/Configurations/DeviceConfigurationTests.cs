using static EdgeOperator.Core.Tests.Twins.Configurations.ConfiguredTwins;

namespace EdgeOperator.Core.Tests.Twins.Configurations;

public sealed class DeviceConfigurationTests
{
    [Fact]
    public void A_configuration_sets_its_part_and_leaves_the_rest()
    {
        var device = new ConfiguredTwins();
        device.Patch("", null, """{"mine":1,"chiller":{"temperature":1,"old":true}}""");

        device.Apply(ForDevices("c", 5, """{"properties.desired.chiller":{"temperature":38}}"""));

        device.Desired().Should().Be("""{"mine":1,"chiller":{"temperature":38}}""");
        device.States().Should().Be("c Applied");
    }

    [Fact]
    public void What_it_has_set_goes_with_it()
    {
        var device = new ConfiguredTwins("""{"site":"berlin"}""");
        device.Patch("", null, """{"mine":{"x":1}}""");
        var configuration = ForDevices("c", 5, """{"properties.desired.a.b":1,"properties.desired.mine.y":2}""", "tags.site='berlin'");
        device.Apply(configuration);
        device.Desired().Should().Be("""{"mine":{"x":1,"y":2},"a":{"b":1}}""");

        device.Patch("", """{"site":"paris"}""", null);
        device.Apply(configuration);

        device.Desired().Should().Be("""{"mine":{"x":1}}""");
        device.States().Should().BeEmpty();
    }

    [Fact]
    public void Several_are_laid_one_upon_another_and_the_highest_priority_is_on_top()
    {
        var device = new ConfiguredTwins();

        device.Apply(
            ForDevices("top", 9, """{"properties.desired.a.x":"top"}"""),
            ForDevices("low", 5, """{"properties.desired.a":{"x":"low","y":"low"},"properties.desired.b":"low"}"""));

        device.Desired().Should().Be("""{"a":{"x":"top","y":"low"},"b":"low"}""");
        device.States().Should().Be("low Applied; top Applied");
    }

    [Fact]
    public void One_whose_properties_are_all_set_by_others_is_not_applied_and_says_by_whom()
    {
        var device = new ConfiguredTwins();

        device.Apply(ForDevices("low", 5, """{"properties.desired.a.x":1}"""), ForDevices("top", 9, """{"properties.desired.a":{"x":2}}"""));
        device.States().Should().Be("low Targeted: configuration top has priority 9 and sets the same properties; top Applied");

        device.Apply(ForDevices("low", 5, """{"properties.desired.a.x":1}"""));
        device.Desired().Should().Be("""{"a":{"x":1}}""");
        device.States().Should().Be("low Applied");
    }

    [Fact]
    public void Modules_have_configurations_of_their_own()
    {
        var device = new ConfiguredTwins();
        device.Patch("web", null, """{"mine":1}""");
        device.Patch("other", null, """{"mine":1}""");

        device.Apply(ForModules("m", 5, """{"properties.desired.rate":3}""", "FROM devices.modules m WHERE m.moduleId = 'web'"));

        device.Desired("web").Should().Be("""{"mine":1,"rate":3}""");
        device.Desired("other").Should().Be("""{"mine":1}""");
        device.States("web").Should().Be("m Applied");
        device.States().Should().BeEmpty();
    }

    [Fact]
    public void A_module_of_a_deployment_can_be_configured_on_top_of_it()
    {
        var device = new ConfiguredTwins();
        var deployment = Deployment("base", 5, """{"$edgeAgent":{"properties.desired":{"modules":{"web":{}}}},"web":{"properties.desired":{"a":1}}}""");
        var configuration = ForModules("m", 1, """{"properties.desired.a":2}""", "FROM devices.modules WHERE moduleId = 'web'");
        device.Apply(deployment);

        device.Apply(deployment, configuration);
        device.Desired("web").Should().Be("""{"a":2}""");

        device.Apply(deployment);
        device.Desired("web").Should().Be("""{"a":1}""");
    }

    [Fact]
    public void One_with_a_wrong_manifest_is_not_applied_and_what_it_had_set_before_goes()
    {
        var device = new ConfiguredTwins();
        device.Apply(ForDevices("c", 5, """{"properties.desired.edgeoperator.manifests.EdgeModule/web":{"image":"nginx:1.27"}}"""));

        device.Apply(ForDevices("c", 5, """{"properties.desired.edgeoperator.manifests.EdgeModule/web":{"imgae":"nginx:1.28"}}"""));

        device.Desired().Should().NotContain("EdgeModule/web");
        device.States().Should().StartWith("c Targeted: the twin can't take it: properties.desired.edgeoperator.manifests: EdgeModule/web: spec.");
    }

    [Fact]
    public void What_the_twin_cannot_take_is_not_applied_and_the_rest_of_the_twin_stays()
    {
        var device = new ConfiguredTwins();
        var text = new string('x', 4000);
        for (var i = 0; i < 7; i++)
            device.Patch("", null, $$"""{"mine{{i}}":"{{text}}"}""");
        var before = device.Desired();

        device.Apply(ForDevices("c", 5, $$"""{"properties.desired.a":"{{text}}","properties.desired.b":"{{text}}"}"""));

        device.Desired().Should().Be(before);
        device.States().Should().StartWith("c Targeted: the twin can't take it: properties.desired: the size would be");
    }
}
