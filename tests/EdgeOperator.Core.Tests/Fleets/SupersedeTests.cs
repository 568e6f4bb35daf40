using EdgeOperator.Core.Fleets;

namespace EdgeOperator.Core.Tests.Fleets;

public sealed class SupersedeTests
{
    private static readonly RolloutPolicy OneFirst = new() { Batches = [new("first", null, new(1, false))] };

    [Fact]
    public void A_fix_takes_the_place_of_a_paused_rollout_at_once_and_reaches_the_same_devices_first()
    {
        var fleet = FleetSimulation.Of(OneFirst, 10).Start();
        var first = fleet.Told.Single();
        fleet.Fail(first).Rollout.State.Should().Be(RolloutState.Paused);
        var paused = fleet.Rollout;
        fleet.Start(FleetSimulation.Fix);

        RolloutEngine.Supersede(paused, FleetSimulation.Fix, fleet.Now).Cause.Should().Contain(FleetSimulation.Fix);
        fleet.Rollout.Id.Should().Be("tills-2");
        fleet.Told.Should().Equal(first);
    }

    [Fact]
    public void Devices_that_are_still_busy_with_the_earlier_revision_count_in_the_budget()
    {
        var fleet = FleetSimulation.Of(new() { Batches = [new("first", FleetSimulation.Selector("ring", "canary"))], DisruptionBudget = new([], new(1, false)) }, 3, i => i == 1 ? "ring=canary" : "");
        fleet.Start().Told.Should().Equal("till-1");
        fleet.Devices["till-1"] = fleet.Devices["till-1"] with { Labels = fleet.Devices["till-2"].Labels };
        fleet.Devices["till-2"] = fleet.Devices["till-2"] with { Labels = FleetSimulation.Of(fleet.Policy, 1, _ => "ring=canary").Devices["till-1"].Labels };
        fleet.Start(FleetSimulation.Fix);

        fleet.Told.Should().BeEmpty();
        fleet.Wait.Message.Should().Be("0 of 1 free: 1 updating (till-1), 1 device waits");
        fleet.Succeed("till-1").Told.Should().Equal("till-2");
    }

    [Fact]
    public void What_a_device_goes_back_to_is_what_it_had_before_the_revision_that_failed()
    {
        var fleet = FleetSimulation.Of(OneFirst, 2).Start();
        var first = fleet.Told.Single();
        fleet.Fail(first);
        fleet.Start(FleetSimulation.Fix).Fail(first);

        fleet.Order(rollout => RolloutOrders.RollBack(rollout, "by ann")).Step.Actions.Should().Equal(new RolloutAction(first, FleetSimulation.Old));
    }
}
