using EdgeOperator.Core.Fleets;

namespace EdgeOperator.Core.Tests.Fleets;

/// <summary>What has gone wrong in other systems that roll changes out, each by how it shows.</summary>
public sealed class KnownFailureTests
{
    private static readonly RolloutPolicy OneFirst = new() { Batches = [new("first", null, new(1, false))] };

    [Fact(DisplayName = "flightctl 892: a rollout that its budget starves says so, with numbers and names")]
    public void A_budget_that_starves_is_reported()
    {
        var fleet = FleetSimulation.Of(new() { DisruptionBudget = new([], new(1, false)), SuccessThreshold = 0 }, 2).Start();
        var silent = fleet.Told.Single();
        fleet.Tick(TimeSpan.FromDays(2)).Tick();

        fleet.Wait.Should().Be(new RolloutWait(WaitReason.Budget, $"0 of 1 free: 1 updating ({silent}), 1 device waits"));
    }

    [Fact(DisplayName = "flightctl 2470: a device that rolled back by itself does not count as up to date")]
    public void A_device_that_rolled_back_by_itself_is_not_updated()
    {
        var fleet = FleetSimulation.Of(new(), 1).Start();
        fleet.Devices["till-1"] = fleet.Devices["till-1"] with { Applied = FleetSimulation.Old, IsReady = true };

        fleet.Tick().StateOf("till-1").Should().Be(DeviceState.Updating);
    }

    [Fact(DisplayName = "flightctl 831: a device that joins while a rollout is under way gets the revision")]
    public void A_joining_device_gets_it()
    {
        var fleet = FleetSimulation.Of(OneFirst, 1).Start();
        fleet.Add("late").SucceedAll();

        fleet.StateOf("late").Should().Be(DeviceState.Updated);
    }

    [Fact(DisplayName = "flightctl 837: a device in the middle of an update when the revision changes is neither lost nor counted for the other one")]
    public void A_device_in_the_middle_of_an_update_is_followed()
    {
        var fleet = FleetSimulation.Of(OneFirst, 2).Start();
        var first = fleet.Told.Single();
        fleet.Start(FleetSimulation.Fix);
        fleet.Devices[first] = fleet.Devices[first] with { Applied = FleetSimulation.New };

        fleet.Tick().StateOf(first).Should().Be(DeviceState.Updating);
        fleet.Succeed(first).StateOf(first).Should().Be(DeviceState.Updated);
    }

    [Fact(DisplayName = "Argo CD 29410: a batch is judged by the new revision, not by devices that are still healthy with the old one")]
    public void A_batch_is_not_judged_by_the_old_revision()
    {
        var fleet = FleetSimulation.Of(OneFirst, 3).Start();

        fleet.Tick().Tick().Told.Should().BeEmpty();
        fleet.Devices.Values.Count(device => device.Assigned == FleetSimulation.New).Should().Be(1);
    }

    [Fact(DisplayName = "Argo CD 22558, 23685: batches come in their order and never take more than their limit")]
    public void Batches_keep_order_and_limit()
    {
        var fleet = FleetSimulation.Of(new() { Batches = [new("a", null, new(2, false)), new("b", null, new(3, false))] }, 10).Start();
        for (var i = 0; i < 20; i++)
        {
            fleet.Rollout.Batches.Select(batch => batch.HasStarted).Should().BeInDescendingOrder();
            fleet.Succeed(fleet.Told.Take(1));
            fleet.MembersOf(0).Should().HaveCount(2);
            fleet.MembersOf(1).Count().Should().BeLessThanOrEqualTo(3);
        }
    }

    [Fact(DisplayName = "Argo CD 11817, 29307: no device begins while no window is open")]
    public void No_device_begins_outside_of_windows()
    {
        var fleet = FleetSimulation.Of(new() { Windows = [new() { Cron = "0 2 * * *", Duration = TimeSpan.FromHours(1) }] }, 3).Start();
        for (var hour = 0; hour < 13; hour++)
            fleet.Tick(TimeSpan.FromHours(1)).Told.Should().BeEmpty();
    }

    [Fact(DisplayName = "Rancher Fleet 192, 594: one offline device stops nobody else")]
    public void One_offline_device_stops_nobody()
    {
        var fleet = FleetSimulation.Of(new() { Batches = [new("first", null, new(2, false))], SuccessThreshold = 100 }, 4).Add("jetson", isConnected: false).Start().SucceedAll();

        fleet.Rollout.State.Should().Be(RolloutState.Completed);
    }

    [Fact(DisplayName = "Rancher Fleet 2891: two hundred devices do not ask the registry at once")]
    public void Not_all_fetch_at_once()
    {
        var fleet = FleetSimulation.Of(new() { MaxConcurrentDownloads = new(10, []) }, 200).Start();

        fleet.Told.Should().HaveCount(10);
    }

    [Fact(DisplayName = "Rancher Fleet 3829: no more devices are touched than may fail")]
    public void No_more_are_touched_than_the_batch_has()
    {
        var fleet = FleetSimulation.Of(new() { Batches = [new("first", null, new(2, false))], SuccessThreshold = 100 }, 50).Start();
        fleet.Fail(fleet.Told.First());

        fleet.Tick(TimeSpan.FromDays(1));
        fleet.Devices.Values.Count(device => device.Assigned == FleetSimulation.New).Should().Be(2);
    }

    [Fact(DisplayName = "hawkBit 735: a rollout whose selector matches nobody does not end, but says so")]
    public void Matching_nobody_is_no_success()
    {
        var nobody = FleetSimulation.Of(new(), 0).Start();
        nobody.Rollout.State.Should().Be(RolloutState.Progressing);
        nobody.Wait.Should().Be(new RolloutWait(WaitReason.NoDevices, "no device of the hub is in the fleet"));

        var canary = FleetSimulation.Of(new() { Batches = [new("canary", FleetSimulation.Selector("ring", "canary"))] }, 5).Start();
        canary.Told.Should().BeEmpty();
        canary.Wait.Message.Should().Be("batch canary has no devices: none of 5 devices of the fleet is selected");
    }

    [Fact(DisplayName = "hawkBit 693: a bricked device counts as failed after the timeout")]
    public void A_bricked_device_fails()
    {
        var fleet = FleetSimulation.Of(OneFirst, 2).Start();
        var bricked = fleet.Told.Single();
        fleet.SetConnected(false, bricked).Tick(TimeSpan.FromHours(1));

        fleet.Wait.Reason.Should().Be(WaitReason.ThresholdMissed);
    }

    [Fact(DisplayName = "hawkBit 2867, 1294: somebody looks before the next batch begins")]
    public void A_batch_can_wait_for_somebody()
    {
        var fleet = FleetSimulation.Of(new() { Batches = [new("a", null, new(1, false)), new("b", null, new(1, false)) { Approval = Approval.Manual }] }, 3).Start().SucceedAll();

        fleet.Wait.Message.Should().Be("batch b waits for approval");
    }

    [Fact(DisplayName = "hawkBit 2161: pausing twice does not roll everything back")]
    public void Pausing_twice_is_harmless()
    {
        var fleet = FleetSimulation.Of(OneFirst, 2).Start();
        fleet.Fail(fleet.Told.Single());

        RolloutOrders.Pause(fleet.Rollout, "by ann").Rollout.Should().BeNull();
        fleet.Tick().Rollout.State.Should().Be(RolloutState.Paused);
    }

    [Fact(DisplayName = "rollout-operator 339: a fix takes the place of the rollout that failed")]
    public void A_fix_replaces_the_failed_one()
    {
        var fleet = FleetSimulation.Of(OneFirst, 2).Start();
        fleet.Fail(fleet.Told.Single());

        fleet.Start(FleetSimulation.Fix).Told.Should().ContainSingle();
        fleet.SucceedAll().Rollout.State.Should().Be(RolloutState.Completed);
    }

    [Fact(DisplayName = "elastic-agent 12910: a device that went back is not told the same revision again")]
    public void A_device_that_went_back_is_left_alone()
    {
        var fleet = FleetSimulation.Of(new() { OnFailure = FailureAction.RollBack }, 1).Start();
        fleet.Fail("till-1").Succeed("till-1");

        fleet.Rollout.State.Should().Be(RolloutState.RolledBack);
        fleet.Tick(TimeSpan.FromDays(1)).Told.Should().BeEmpty();
    }

    [Fact(DisplayName = "mikrotik-manager 140: whoever has the stored rollout goes on where it was")]
    public void Nothing_lies_in_memory()
    {
        var fleet = FleetSimulation.Of(OneFirst, 5).Start();
        var first = fleet.Told.Single();
        fleet.Devices[first] = fleet.Devices[first] with { Assigned = FleetSimulation.Old };

        fleet.Tick().Told.Should().Equal(first);
        fleet.SucceedAll().Rollout.State.Should().Be(RolloutState.Completed);
    }
}
