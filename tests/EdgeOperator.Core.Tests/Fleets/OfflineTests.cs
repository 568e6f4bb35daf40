using EdgeOperator.Core.Fleets;

namespace EdgeOperator.Core.Tests.Fleets;

public sealed class OfflineTests
{
    [Fact]
    public void Offline_devices_hold_no_batch_and_get_the_revision_when_they_return()
    {
        var fleet = FleetSimulation.Of(new(), 3).Add("till-9", isConnected: false).Start();
        fleet.SucceedAll();

        fleet.Rollout.State.Should().Be(RolloutState.Completed);
        fleet.Wait.Should().Be(new RolloutWait(WaitReason.Offline, "3 of 4 devices have 22222222; till-9 is offline and gets it when it returns"));
        fleet.SetConnected(true, "till-9").Told.Should().Equal("till-9");
        fleet.SucceedAll();
        fleet.Wait.Reason.Should().Be(WaitReason.Completed);
    }

    [Fact]
    public void A_device_that_goes_offline_with_the_revision_fails_when_its_time_is_over()
    {
        var fleet = FleetSimulation.Of(new(), 1).Start();
        fleet.SetConnected(false, "till-1").Tick(TimeSpan.FromHours(1));

        fleet.StateOf("till-1").Should().Be(DeviceState.TimedOut);
        fleet.Wait.Message.Should().Contain("and is offline");
    }

    [Fact]
    public void A_batch_of_devices_that_are_all_offline_proves_nothing_and_waits()
    {
        var fleet = FleetSimulation.Of(new() { Batches = [new("canary", FleetSimulation.Selector("ring", "canary"))] }, 3).Add("canary", "ring=canary", isConnected: false).Start();

        fleet.Told.Should().BeEmpty();
        fleet.Wait.Should().Be(new RolloutWait(WaitReason.NoDevices, "batch canary has no devices that are connected: 1 device that it selects is offline"));
        fleet.SetConnected(true, "canary").Told.Should().Equal("canary");
    }

    [Fact]
    public void Devices_that_return_one_after_the_other_and_fail_stop_the_rest()
    {
        var fleet = FleetSimulation.Of(new(), 20).Add("late-1", isConnected: false).Add("late-2", isConnected: false).Start();
        fleet.SucceedAll().SetConnected(true, "late-1");
        fleet.Fail("late-1");

        fleet.Rollout.State.Should().Be(RolloutState.Paused);
        fleet.Wait.Message.Should().Be("1 of 1 device that came later failed, and 90 % must succeed: late-1 (web is unhealthy)");
        fleet.SetConnected(true, "late-2").Told.Should().BeEmpty();
    }

    [Fact]
    public void A_latecomer_of_an_earlier_batch_that_fails_is_named_too()
    {
        var fleet = FleetSimulation.Of(new() { Batches = [new("all", null)] }, 2).Start();
        fleet.SucceedAll();
        fleet.Devices["till-1"] = fleet.Devices["till-1"] with { Assigned = FleetSimulation.Old };
        fleet.Tick().Tick().Fail("till-1");

        fleet.Wait.Message.Should().Be("1 of 1 device that came later failed, and 90 % must succeed: till-1 (web is unhealthy)");
    }
}
