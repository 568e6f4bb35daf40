using EdgeOperator.Core.Fleets;

namespace EdgeOperator.Core.Tests.Fleets;

public sealed class BatchTests
{
    [Fact]
    public void Without_batches_all_devices_are_told_at_once_and_the_rollout_ends_when_they_have_it()
    {
        var fleet = FleetSimulation.Of(new(), 3).Start();

        fleet.Told.Should().Equal("till-1", "till-2", "till-3");
        fleet.SucceedAll();
        fleet.Rollout.State.Should().Be(RolloutState.Completed);
        fleet.Wait.Should().Be(new RolloutWait(WaitReason.Completed, "3 of 3 devices have 22222222"));
    }

    [Fact]
    public void Batches_follow_one_another_by_selector_count_and_share_and_the_rest_comes_last()
    {
        var fleet = FleetSimulation.Of(
            new() { Batches = [new("canary", FleetSimulation.Selector("ring", "canary")), new("few", null, new(2, false)), new("half", null, new(50, true))] },
            10, i => i == 4 ? "ring=canary" : "").Start();

        fleet.Told.Should().Equal("till-4");
        fleet.Succeed("till-4");
        fleet.Told.Should().HaveCount(2);
        fleet.Succeed(fleet.Told);
        fleet.Told.Should().HaveCount(5);
        fleet.Succeed(fleet.Told);
        fleet.Told.Should().HaveCount(2);
        fleet.SucceedAll();
        fleet.Rollout.State.Should().Be(RolloutState.Completed);
        fleet.Rollout.Batches.Select(batch => batch.Name).Should().Equal("canary", "few", "half", "rest");
    }

    [Fact]
    public void A_share_of_a_few_devices_is_at_least_one() =>
        FleetSimulation.Of(new() { Batches = [new("one", null, new(10, true))] }, 3).Start().Told.Should().ContainSingle();

    [Fact]
    public void The_members_of_a_batch_stay_its_members_whatever_becomes_of_labels_and_connections()
    {
        var fleet = FleetSimulation.Of(new() { Batches = [new("canary", FleetSimulation.Selector("ring", "canary"))] }, 4, i => i < 3 ? "ring=canary" : "").Start();
        fleet.Devices["till-4"] = fleet.Devices["till-4"] with { Labels = fleet.Devices["till-1"].Labels };
        fleet.Devices["till-1"] = fleet.Devices["till-1"] with { Labels = fleet.Devices["till-3"].Labels };

        fleet.Tick().MembersOf(0).Should().Equal("till-1", "till-2");
    }

    [Fact]
    public void A_device_that_joins_midway_belongs_to_the_last_batch()
    {
        var fleet = FleetSimulation.Of(new() { Batches = [new("one", null, new(1, false))] }, 2).Start();
        fleet.Add("till-3").Tick();

        fleet.Told.Should().BeEmpty();
        fleet.SucceedAll().Succeed(fleet.MembersOf(0));
        fleet.SucceedAll();
        fleet.Add("till-4").Tick();
        fleet.Told.Should().Equal("till-4");
        fleet.MembersOf(1).Should().Contain(["till-3", "till-4"]);
    }

    [Fact]
    public void A_device_that_leaves_midway_is_counted_no_more()
    {
        var fleet = FleetSimulation.Of(new() { SuccessThreshold = 100 }, 3).Start();
        fleet.Devices.Remove("till-2");
        fleet.Succeed("till-1", "till-3");

        fleet.Rollout.State.Should().Be(RolloutState.Completed);
        fleet.Step.Counts[0].All.Should().Be(2);
    }

    [Fact]
    public void A_batch_whose_devices_are_all_in_earlier_ones_asks_for_no_approval()
    {
        var fleet = FleetSimulation.Of(new() { Batches = [new("all", null)], Approval = Approval.Manual }, 1).Start();

        fleet.Wait.Reason.Should().Be(WaitReason.Approval);
        fleet.Order(RolloutOrders.Approve).SucceedAll();
        fleet.Rollout.State.Should().Be(RolloutState.Completed);
    }

    [Fact]
    public void A_device_that_has_the_revision_already_is_not_told_again()
    {
        var fleet = FleetSimulation.Of(new(), 2);
        fleet.Devices["till-1"] = fleet.Devices["till-1"] with { Assigned = FleetSimulation.New, Applied = FleetSimulation.New };

        fleet.Start().Tick().StateOf("till-1").Should().Be(DeviceState.Updated);
        fleet.Rollout.Devices["till-2"].State.Should().Be(DeviceState.Updating);
    }

    [Fact]
    public void Which_devices_come_first_does_not_go_by_their_names()
    {
        var fleet = FleetSimulation.Of(new() { Batches = [new("some", null, new(20, false))] }, 100).Start();

        fleet.Told.Select(name => int.Parse(name[5..])).Max().Should().BeGreaterThan(50);
        fleet.Told.Should().Equal(FleetSimulation.Of(fleet.Policy, 100).Start().Told);
    }
}
