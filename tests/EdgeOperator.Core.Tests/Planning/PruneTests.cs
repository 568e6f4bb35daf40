using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Tests.Planning;

public class PruneTests
{
    private static readonly EdgeModuleResource Gone = Given.Module("gone");
    private static readonly EdgeModuleResource Web = Given.Module("web");

    [Fact]
    public void A_container_whose_resource_is_gone_stops_at_once_and_is_removed_when_committed()
    {
        var device = Given.Device(Given.Container(Gone));

        Given.PlanFor(Given.Desired(), device, Given.Uncommitted).Summary().Should().Equal("stop gone-1");
        var committed = Given.PlanFor(Given.Desired(), device);
        committed.Summary().Should().Equal("stop gone-1", "remove gone-1");
        committed.Steps[1].Requires.Should().Equal(committed.Steps[0].Id);
    }

    [Fact]
    public void A_stopped_container_whose_resource_is_gone_waits_for_the_commit()
    {
        var device = Given.Device(Given.Container(Gone).Stopped());

        Given.PlanFor(Given.Desired(), device, Given.Uncommitted).ShouldChangeNothing();
        Given.PlanFor(Given.Desired(), device).Summary().Should().Equal("remove gone-1");
    }

    [Fact]
    public void Going_back_starts_what_was_pruned() =>
        Given.PlanFor(Given.Desired(Gone), Given.Device(Given.Container(Gone).Stopped())).Summary().Should().Equal("start gone-1");

    [Fact]
    public void What_goes_has_stopped_before_anything_starts()
    {
        var plan = Given.PlanFor(Given.Desired(Web), Given.Device(Given.Container(Gone)));

        plan.Summary().Should().Equal("stop gone-1", "create web", "start new web", "remove gone-1");
        plan.Steps[1].After.Should().BeEmpty();
        plan.Steps[2].After.Should().Equal(plan.Steps[0].Id);
    }

    [Fact]
    public void A_protected_container_stays_as_it_is() =>
        Given.PlanFor(Given.Desired(), Given.Device(Given.Container(Gone) with { PruneDisabled = true })).ShouldChangeNothing();

    [Fact]
    public void What_was_protected_after_it_was_made_stays() =>
        Given.PlanFor(Given.Desired(), Given.Device(Given.Container(Gone)), Inventory.Empty with { Retained = [Gone.Id] }).ShouldChangeNothing();

    [Fact]
    public void What_the_agent_did_not_make_stays() =>
        Given.PlanFor(Given.Desired(), Given.Device(Given.Foreign("theirs"))).ShouldChangeNothing();

    [Fact]
    public void An_owned_network_goes_when_neither_a_module_nor_a_container_uses_it()
    {
        var module = Given.Module("web", with: spec => spec with { Networks = ["used"] });
        var device = WithNetworks(Given.Device(Given.Container(module), Given.Foreign("theirs") with { Networks = ["shared"] }), "used", "shared", "unused");

        Given.PlanFor(Given.Desired(module), device, Given.Uncommitted).ShouldChangeNothing();
        Given.PlanFor(Given.Desired(module), device).Summary().Should().Equal("remove network unused");
    }

    [Fact]
    public void The_network_of_a_suspended_module_stays()
    {
        var module = Given.Module("web", with: spec => spec with { Networks = ["used"] }) with { Suspend = true };

        Given.PlanFor(Given.Desired(module), WithNetworks(Given.Device(), "used")).Steps.Should().BeEmpty();
    }

    [Fact]
    public void A_network_that_somebody_else_made_stays()
    {
        var device = Given.Device();

        Given.PlanFor(Given.Desired(), device with { Engine = device.Engine with { Networks = ["theirs"] } }).ShouldChangeNothing();
    }

    [Fact]
    public void An_image_that_no_kept_revision_names_goes_when_no_container_uses_it()
    {
        var device = Given.Device([Given.Container(Web)], "app:0", "theirs:1");
        var inventory = Inventory.Empty with { CollectableImages = ["sha256:app:0", "sha256:app:1", "sha256:vanished"] };

        Given.PlanFor(Given.Desired(Web), device, inventory).Summary().Should().Equal("remove image sha256:app:0");
        Given.PlanFor(Given.Desired(Web), device, inventory with { Committed = false }).ShouldChangeNothing();
    }

    [Fact]
    public void The_image_of_a_module_that_is_still_to_be_created_stays()
    {
        var inventory = Inventory.Empty with { CollectableImages = ["sha256:app:1"] };

        Given.PlanFor(Given.Desired(Web with { Suspend = true }), Given.Device([], "app:1"), inventory).Steps.Should().BeEmpty();
    }

    private static ObservedState WithNetworks(ObservedState device, params string[] owned) =>
        device with { Engine = device.Engine with { Networks = [.. owned], OwnedNetworks = [.. owned] } };
}
