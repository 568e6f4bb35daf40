using EdgeOperator.Core.Fleets;

namespace EdgeOperator.Core.Tests.Fleets;

public sealed class OrderTests
{
    private static readonly RolloutPolicy OneFirst = new() { Batches = [new("first", null, new(1, false))] };

    [Fact]
    public void While_it_is_paused_nothing_begins_and_what_is_under_way_is_followed()
    {
        var fleet = FleetSimulation.Of(OneFirst, 2).Start();
        var first = fleet.Told.Single();
        fleet.Order(rollout => RolloutOrders.Pause(rollout, "by ann: holidays")).Succeed(first);

        fleet.Told.Should().BeEmpty();
        fleet.StateOf(first).Should().Be(DeviceState.Updated);
        fleet.Wait.Should().Be(new RolloutWait(WaitReason.Paused, "paused by ann: holidays"));
        fleet.Order(RolloutOrders.Resume).Told.Should().ContainSingle();
    }

    [Fact]
    public void Resuming_after_failures_goes_on_without_counting_them()
    {
        var fleet = FleetSimulation.Of(OneFirst, 2).Start();
        var first = fleet.Told.Single();
        fleet.Fail(first).Order(RolloutOrders.Resume);

        fleet.Told.Should().ContainSingle();
        fleet.StateOf(first).Should().Be(DeviceState.Failed);
        fleet.Step.Counts[0].Should().BeEquivalentTo(new BatchCounts { Failed = 1, Excused = 1 });
    }

    [Fact]
    public void A_second_pause_is_refused_and_changes_nothing()
    {
        var fleet = FleetSimulation.Of(OneFirst, 2).Start().Order(rollout => RolloutOrders.Pause(rollout, "by ann"));

        RolloutOrders.Pause(fleet.Rollout, "by bob").Should().Be(OrderResult.Refused("tills-1 can't be paused: it is Paused (paused by ann)"));
    }

    [Fact]
    public void Skipping_goes_on_without_the_rest_of_a_batch_which_later_ones_take()
    {
        var fleet = FleetSimulation.Of(new() { Batches = [new("first", null, new(2, false))], DisruptionBudget = new([], new(1, false)) }, 3).Start();
        var first = fleet.Told.Single();
        fleet.Order(rollout => RolloutOrders.Skip(rollout, fleet.Now)).Succeed(first).SucceedAll();

        fleet.Rollout.State.Should().Be(RolloutState.Completed);
        fleet.Rollout.Batches[0].State.Should().Be(BatchState.Skipped);
        fleet.Devices.Values.Should().OnlyContain(device => device.Has(FleetSimulation.New));
    }

    [Fact]
    public void After_an_abort_devices_keep_what_they_have_and_no_other_is_told()
    {
        var fleet = FleetSimulation.Of(OneFirst, 2).Start().Order(rollout => RolloutOrders.Abort(rollout, "by ann", FleetSimulation.Monday));
        fleet.Succeed(fleet.MembersOf(0));

        fleet.Tick(TimeSpan.FromDays(1)).Told.Should().BeEmpty();
        fleet.Wait.Should().Be(new RolloutWait(WaitReason.Ended, "aborted by ann"));
        fleet.Devices.Values.Count(device => device.Assigned == FleetSimulation.New).Should().Be(1);
    }

    [Fact]
    public void A_slot_that_was_taken_and_not_told_when_it_was_paused_is_given_back()
    {
        var fleet = FleetSimulation.Of(OneFirst, 2).Start();
        var first = fleet.Told.Single();
        fleet.Devices[first] = fleet.Devices[first] with { Assigned = FleetSimulation.Old };

        fleet.Order(rollout => RolloutOrders.Pause(rollout, "by ann")).StateOf(first).Should().Be(DeviceState.Pending);
    }
}
