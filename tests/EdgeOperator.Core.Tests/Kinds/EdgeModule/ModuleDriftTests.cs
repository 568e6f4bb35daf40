using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Tests.Planning;

namespace EdgeOperator.Core.Tests.Kinds.EdgeModule;

/// <summary>Somebody changed a container with the engine's own means.</summary>
public class ModuleDriftTests
{
    [Fact]
    public void A_container_that_drifted_is_replaced_by_one_that_is_as_desired()
    {
        var module = Given.Module("web");

        var plan = Given.PlanFor(Given.Desired(module), Given.Device(Given.Container(module) with { Drift = "somebody changed its Memory from none to 1" }));

        plan.Summary().Should().Equal(
            $"create web.next-{module.SpecHash[..8]}", "stop web-1", $"rename web-1 to web.prev-{module.SpecHash[..8]}", "rename new web to web", "start new web", "remove web-1");
        plan.Steps[0].Reason.Should().Be("somebody changed its Memory from none to 1");
    }

    [Fact]
    public void A_container_that_may_not_run_is_not_started()
    {
        var module = Given.Module("web");

        Given.PlanFor(Given.Desired(module), Given.Device([Given.Container(module).Stopped() with { Drift = "its image is not verified" }]))
            .Summary().Should().NotContain("start web-1");
    }

    [Theory]
    [InlineData("Memory", "64", true)]
    [InlineData("Memory", null, false)]
    [InlineData("PidsLimit", null, true)]
    [InlineData("RestartPolicy", null, true)]
    public void Settings_are_changed_back_on_the_same_container_where_the_engine_can(string name, string? created, bool same)
    {
        var module = Given.Module("web");
        var setting = new ChangedSetting(name, created, "128");

        var plan = Given.PlanFor(Given.Desired(module), Given.Device(Given.Container(module) with { ChangedSettings = [setting] }));

        plan.Steps[0].Reason.Should().Be($"somebody changed its {name} from {created ?? "none"} to 128");
        if (same)
            plan.Summary().Should().Equal("update EdgeModule/web web-1");
        else
            plan.Steps[0].Should().BeOfType<CreateContainer>();
    }

    [Fact]
    public void A_container_whose_settings_the_engine_does_not_change_back_is_replaced()
    {
        var module = Given.Module("web");
        var setting = new ChangedSetting("Memory", "64", "128") { IsRefused = true };

        Given.PlanFor(Given.Desired(module), Given.Device(Given.Container(module) with { ChangedSettings = [setting] })).Steps.Should().Contain(step => step is CreateContainer);
    }

    [Fact]
    public void What_is_kept_for_a_roll_back_keeps_nothing_from_being_restored()
    {
        var (old, module) = (Given.Module("web", "app:0"), Given.Module("web", with: spec => spec with { Networks = ["front"] }));
        var device = Given.Device([Given.Container(module) with { Networks = [] }, Given.Container(old, "0").Stopped() with { Name = "web.prev-0" }], "app:0");
        device = device with { Engine = device.Engine with { Networks = ["front"] } };

        Given.PlanFor(Given.Desired(module), device, Inventory.Empty with { Committed = false }).Summary().Should().Equal("connect EdgeModule/web web-1 to front");
    }

    [Fact]
    public void A_module_that_is_unhealthy_without_its_network_gets_the_network_back_and_no_restart()
    {
        var module = Given.Module("web", with: spec => spec with { Networks = ["front"] });
        var device = Given.Device(Given.Container(module) with { Networks = [], Health = ContainerHealth.Unhealthy });
        device = device with { Engine = device.Engine with { Networks = ["front"] } };

        Given.PlanFor(Given.Desired(module), device).Summary().Should().Equal("connect EdgeModule/web web-1 to front");
    }

    [Fact]
    public void A_module_without_its_network_is_not_ready()
    {
        var module = Given.Module("web", with: spec => spec with { Networks = ["front"] });
        var device = Given.Device(Given.Container(module) with { Networks = [] });
        device = device with { Engine = device.Engine with { Networks = ["front"] } };

        var report = Readiness.Assess(RegisteredKinds.All, Given.Desired(module), device, [], Given.Now).Single();

        report.Should().BeEquivalentTo(new { Level = ReadinessLevel.Progressing, Reason = "Drifted", Message = "somebody disconnected it from the network front" });
    }

    [Fact]
    public void A_network_with_other_aliases_is_joined_anew()
    {
        var module = Given.Module("web", with: spec => spec with { Networks = ["front"] });
        var device = Given.Device(Given.Container(module) with { Networks = ["front"], ChangedEndpoints = ["front"] });
        device = device with { Engine = device.Engine with { Networks = ["front"] } };

        var plan = Given.PlanFor(Given.Desired(module), device);

        plan.Steps.Select(step => step.Id).Should().Equal("connect EdgeModule/web web-1 to front");
    }

    [Fact]
    public void Networks_are_those_of_the_spec()
    {
        var module = Given.Module("web", with: spec => spec with { Networks = ["back", "front"] });
        var device = Given.Device(Given.Container(module) with { Networks = ["front", "other"] });
        device = device with { Engine = device.Engine with { Networks = ["back", "front", "other"] } };

        var plan = Given.PlanFor(Given.Desired(module), device);

        plan.Steps.Select(step => step.Id).Should().Equal("connect EdgeModule/web web-1 to back", "disconnect EdgeModule/web web-1 from other");
    }

    [Theory]
    [InlineData(true, "bridge", "connect EdgeModule/web web-1 to bridge")]
    [InlineData(false, "bridge", "")]
    [InlineData(true, "podman", "")]
    public void A_container_that_names_no_network_is_in_the_engines_own(bool usesDefault, string network, string expected)
    {
        var module = Given.Module("web", with: spec => spec with { UsesDefaultNetwork = usesDefault });
        var device = Given.Device(Given.Container(module));
        device = device with { Engine = device.Engine with { Networks = [network] } };

        string.Join(", ", Given.PlanFor(Given.Desired(module), device).Steps.Select(step => step.Id)).Should().Be(expected);
    }

    [Theory]
    [InlineData(ContainerPhase.Created)]
    [InlineData(ContainerPhase.Restarting)]
    public void What_does_not_run_is_connected_by_the_engine_when_it_starts(ContainerPhase phase)
    {
        var module = Given.Module("web", with: spec => spec with { Networks = ["front"] });
        var device = Given.Device(Given.Container(module) with { Networks = [], Phase = phase });
        device = device with { Engine = device.Engine with { Networks = ["front"] } };

        Given.PlanFor(Given.Desired(module), device).Steps.Should().NotContain(step => step.Id.StartsWith("connect"));
    }
}
