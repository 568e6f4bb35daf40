using EdgeOperator.Core.Twins.Configurations;
using static EdgeOperator.Core.Tests.Twins.Configurations.ConfiguredTwins;

namespace EdgeOperator.Core.Tests.Twins.Configurations;

public sealed class EdgeDeploymentTests
{
    private static Configuration Base(string id, int priority, string image, string condition = "*", int day = 0) => Deployment(
        id, priority, $$"""{"$edgeAgent":{"properties.desired":{"schemaVersion":"1.1","modules":{"web":{"image":"{{image}}"} } } },"$edgeHub":{"properties.desired":{"routes":{} } },"web":{"properties.desired":{"a":1,"b":2} } }""", condition, day);

    private static Configuration Layer(string id, int priority, string content, string condition = "*") => Deployment(id, priority, content, condition);

    [Fact]
    public void A_deployment_makes_its_modules_what_it_says_and_creates_those_that_are_missing()
    {
        var device = new ConfiguredTwins();

        device.Apply(Base("base", 5, "nginx:1"));

        device.Modules.Should().Equal("$edgeAgent", "$edgeHub", "web");
        device.Desired("$edgeAgent").Should().Be("""{"schemaVersion":"1.1","modules":{"web":{"image":"nginx:1"}}}""");
        device.Desired("web").Should().Be("""{"a":1,"b":2}""");
        device.States().Should().Be("base Applied");
        device.States("$edgeAgent").Should().Be("base Applied");
        device.Desired().Should().Be("{}");
    }

    [Fact]
    public void The_agent_is_written_last_of_the_modules_and_the_device_after_it() =>
        new ConfiguredTwins().Plan([Base("base", 5, "nginx:1")]).Select(w => w.ModuleId).Should().Equal("$edgeHub", "web", "$edgeAgent", "");

    [Fact]
    public void The_highest_priority_wins_and_the_others_say_who()
    {
        var device = new ConfiguredTwins();

        device.Apply(Base("high", 10, "nginx:2"), Base("low", 5, "nginx:1"), Base("middle", 7, "nginx:3"));

        device.Desired("$edgeAgent").Should().Contain("nginx:2");
        device.States().Should().Be("high Applied; low Targeted: deployment high has priority 10 and wins; middle Targeted: deployment high has priority 10 and wins");
    }

    [Fact]
    public void Of_equal_priorities_the_newest_wins()
    {
        var device = new ConfiguredTwins();

        device.Apply(Base("new", 5, "nginx:2", day: 1), Base("old", 5, "nginx:1"));

        device.States().Should().Be("new Applied; old Targeted: deployment new has the same priority 5, is newer and wins");
    }

    [Fact]
    public void Layers_are_laid_upon_the_base_in_the_order_of_their_priorities()
    {
        var device = new ConfiguredTwins();

        device.Apply(
            Layer("second", 12, """{"$edgeAgent":{"properties.desired.modules.web":{"image":"nginx:9"}},"web":{"properties.desired.b":{"x":1}}}"""),
            Base("base", 5, "nginx:1"),
            Layer("first", 11, """{"$edgeAgent":{"properties.desired.modules.web":{"image":"nginx:8"},"properties.desired.modules.extra":{"image":"busybox"}},"$edgeHub":{"properties.desired.routes.up":"FROM /* INTO $upstream"},"extra":{"properties.desired":{"c":3}}}"""));

        device.Desired("$edgeAgent").Should().Be("""{"schemaVersion":"1.1","modules":{"web":{"image":"nginx:9"},"extra":{"image":"busybox"}}}""");
        device.Desired("$edgeHub").Should().Be("""{"routes":{"up":"FROM /* INTO $upstream"}}""");
        device.Desired("web").Should().Be("""{"a":1,"b":{"x":1}}""");
        device.Desired("extra").Should().Be("""{"c":3}""");
        device.States().Should().Be("base Applied; first Applied; second Applied");
        device.States("extra").Should().Be("first Applied");
    }

    [Fact(DisplayName = "azure-docs 67758, iotedge 4935, 5023, 5299: layers are laid anew upon a base that has changed, all at once, and counted as applied")]
    public void Layers_stay_when_their_base_changes()
    {
        var device = new ConfiguredTwins();
        Configuration[] layers =
        [
            Layer("extra", 11, """{"$edgeAgent":{"properties.desired.modules.extra":{"image":"busybox"}}}"""),
            Layer("setting", 12, """{"$edgeAgent":{},"web":{"properties.desired.b":3}}"""),
        ];
        device.Apply([Base("base", 5, "nginx:1"), .. layers]);

        device.Apply([Base("next", 6, "nginx:2"), Base("base", 5, "nginx:1"), .. layers]);

        device.Desired("$edgeAgent").Should().Be("""{"schemaVersion":"1.1","modules":{"web":{"image":"nginx:2"},"extra":{"image":"busybox"}}}""");
        device.Desired("web").Should().Be("""{"a":1,"b":3}""");
        device.States().Should().Be("base Targeted: deployment next has priority 6 and wins; extra Applied; next Applied; setting Applied");
    }

    [Fact]
    public void A_layer_that_sets_all_of_a_module_replaces_what_lies_below()
    {
        var device = new ConfiguredTwins();

        device.Apply(Base("base", 5, "nginx:1"), Layer("layer", 6, """{"$edgeAgent":{},"web":{"properties.desired":{"only":true}}}"""));

        device.Desired("web").Should().Be("""{"only":true}""");
        device.States("$edgeAgent").Should().Be("base Applied; layer Applied");
    }

    [Theory]
    [InlineData(5)]
    [InlineData(4)]
    public void A_layer_has_to_be_above_its_base(int priority)
    {
        var device = new ConfiguredTwins();

        device.Apply(Base("base", 5, "nginx:1"), Layer("layer", priority, """{"$edgeAgent":{"properties.desired.modules.extra":{"image":"x"}}}"""));

        device.Desired("$edgeAgent").Should().NotContain("extra");
        device.States().Should().Be($"base Applied; layer Targeted: its priority {priority} is not above 5, that of deployment base, which it would be laid upon");
    }

    [Fact]
    public void Without_a_base_nothing_is_changed_and_the_layer_says_so()
    {
        var device = new ConfiguredTwins();
        device.Patch("$edgeAgent", null, """{"modules":{"by-hand":{}}}""");

        device.Apply(Layer("layer", 5, """{"$edgeAgent":{"properties.desired.modules.extra":{"image":"x"}}}"""));

        device.Desired("$edgeAgent").Should().Be("""{"modules":{"by-hand":{}}}""");
        device.States().Should().Be("layer Targeted: it is layered, and no deployment that it could be laid upon is for this device");
    }

    [Fact]
    public void The_next_deployment_takes_over_when_one_is_removed_and_the_last_one_leaves_its_modules()
    {
        var device = new ConfiguredTwins();
        device.Apply(Base("high", 10, "nginx:2"), Base("low", 5, "nginx:1"));

        device.Apply(Base("low", 5, "nginx:1"));
        device.Desired("$edgeAgent").Should().Contain("nginx:1");
        device.States().Should().Be("low Applied");

        device.Apply();
        device.Desired("$edgeAgent").Should().Contain("nginx:1");
        device.States().Should().BeEmpty();
        device.States("$edgeAgent").Should().BeEmpty();
    }

    [Fact]
    public void A_deployment_by_hand_is_overwritten()
    {
        var device = new ConfiguredTwins();
        device.Apply(Base("base", 5, "nginx:1"));
        device.Patch("$edgeAgent", null, """{"modules":{"web":{"image":"by-hand"},"mine":{}}}""");
        device.Patch("web", null, """{"mine":1}""");

        device.Apply(Base("base", 5, "nginx:1"));

        device.Desired("$edgeAgent").Should().Be("""{"schemaVersion":"1.1","modules":{"web":{"image":"nginx:1"}}}""");
        device.Desired("web").Should().Be("""{"a":1,"b":2}""");
    }

    [Fact]
    public void Only_what_differs_is_sent()
    {
        var device = new ConfiguredTwins();
        device.Apply(Base("base", 5, "nginx:1"));

        var plan = device.Plan([Base("next", 6, "nginx:2")]);

        plan.Single(w => w.ModuleId == "$edgeAgent").Notification!.ToJsonString().Should().Be("""{"modules":{"web":{"image":"nginx:2"}}}""");
        plan.Single(w => w.ModuleId == "web").Notification.Should().BeNull();
    }

    [Fact]
    public void Devices_without_the_capability_get_no_deployment()
    {
        var device = new ConfiguredTwins(isEdge: false);

        device.Apply(Base("base", 5, "nginx:1")).Should().Be(0);
    }

    [Fact]
    public void A_deployment_that_a_module_cannot_take_is_not_applied_at_all()
    {
        var device = new ConfiguredTwins();
        var text = new string('x', 4000);
        var layers = Enumerable.Range(0, 9).Select(i => Layer($"l{i}", 10 + i, $$"""{"$edgeAgent":{"properties.desired.modules.m{{i}}":{"text":"{{text}}"} } }"""));

        device.Apply([Base("base", 5, "nginx:1"), .. layers]);

        device.Modules.Should().BeEmpty();
        device.States().Should().Contain("base Targeted: $edgeAgent: the twin can't take it: properties.desired: the size would be");
    }
}
