using EdgeOperator.Core.Fleets;

namespace EdgeOperator.Core.Tests.Fleets;

public sealed class RollBackTests
{
    [Fact]
    public void On_failure_devices_that_got_the_revision_get_back_what_each_had_and_the_others_are_left_alone()
    {
        var fleet = FleetSimulation.Of(new() { Batches = [new("first", null, new(2, false))], OnFailure = FailureAction.RollBack, SuccessThreshold = 100 }, 4);
        fleet.Devices["till-1"] = fleet.Devices["till-1"] with { Assigned = FleetSimulation.Fix, Applied = FleetSimulation.Fix };
        fleet.Start();
        var first = fleet.Told.ToArray();
        var before = first.ToDictionary(name => name, name => fleet.Devices[name].Applied);
        fleet.Succeed(first[0]).Fail(first[1]);

        fleet.Told.Should().BeEquivalentTo(first);
        first.Should().OnlyContain(name => fleet.Devices[name].Assigned == before[name]);
        fleet.Succeed(first);
        fleet.Rollout.State.Should().Be(RolloutState.RolledBack);
        fleet.Wait.Message.Should().StartWith("2 devices went back to what they had: 1 device of 2 in batch first failed, and 100 % must succeed");
        fleet.Tick(TimeSpan.FromDays(1)).Told.Should().BeEmpty();
    }

    [Fact]
    public void Going_back_keeps_to_the_budget()
    {
        var fleet = FleetSimulation.Of(new() { DisruptionBudget = new([], new(1, false)) }, 3).Start();
        fleet.SucceedAll().Order(rollout => RolloutOrders.RollBack(rollout, "by ann"));

        fleet.Told.Should().ContainSingle();
        fleet.Tick().Told.Should().BeEmpty();
        fleet.Wait.Message.Should().StartWith("going back: 0 of 1 free");
        fleet.Succeed(fleet.Devices.Values.Where(device => device.Assigned == FleetSimulation.Old).Select(device => device.Name)).SucceedAll();
        fleet.Rollout.State.Should().Be(RolloutState.RolledBack);
        fleet.Devices.Values.Should().OnlyContain(device => device.Has(FleetSimulation.Old));
    }

    [Fact]
    public void Offline_devices_go_back_when_they_return()
    {
        var fleet = FleetSimulation.Of(new(), 2).Start().SucceedAll().SetConnected(false, "till-2").Order(rollout => RolloutOrders.RollBack(rollout, "by ann")).SucceedAll();

        fleet.Rollout.State.Should().Be(RolloutState.RolledBack);
        fleet.Wait.Message.Should().Be("1 device went back to what it had: rolled back by ann; till-2 will when it returns");
        fleet.SetConnected(true, "till-2").Told.Should().Equal("till-2");
        fleet.SucceedAll().StateOf("till-2").Should().Be(DeviceState.RolledBack);
    }

    [Fact]
    public void Going_back_waits_for_no_window_and_no_approval()
    {
        var fleet = FleetSimulation.Of(new(), 2).Start().SucceedAll();
        fleet.Policy = fleet.Policy with { Windows = [new() { Cron = "0 2 * * *", Duration = TimeSpan.FromHours(1) }], Approval = Approval.Manual };

        fleet.Order(rollout => RolloutOrders.RollBack(rollout, "by ann")).Told.Should().HaveCount(2);
    }

    [Fact]
    public void What_nobody_has_had_before_can_not_be_rolled_back()
    {
        var fleet = FleetSimulation.Of(new(), 1);
        fleet.Devices["till-1"] = fleet.Devices["till-1"] with { Assigned = null, Applied = null };

        RolloutOrders.RollBack(fleet.Start().Rollout, "by ann").Refusal.Should().Be("tills-1 can't be rolled back: no device that it has given 22222222 had anything before");
    }
}
