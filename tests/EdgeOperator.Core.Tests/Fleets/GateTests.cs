using EdgeOperator.Core.Fleets;

namespace EdgeOperator.Core.Tests.Fleets;

public sealed class GateTests
{
    private static readonly RolloutPolicy TwoOfTen = new() { Batches = [new("first", null, new(5, false)) { SuccessThreshold = 80 }], SuccessThreshold = 100 };

    [Fact]
    public void A_batch_that_reaches_its_own_threshold_is_followed_by_the_next()
    {
        var fleet = FleetSimulation.Of(TwoOfTen, 10).Start();
        var first = fleet.Told.ToArray();
        fleet.Fail(first[0]).Succeed(first[1..]);

        fleet.Told.Should().HaveCount(5);
    }

    [Fact]
    public void A_batch_that_can_not_reach_its_threshold_any_more_pauses_the_rollout_at_once_and_says_which_devices_failed()
    {
        var fleet = FleetSimulation.Of(TwoOfTen, 10).Start();
        var failed = fleet.Told.Take(2).ToArray();
        fleet.Fail(failed);

        fleet.Rollout.State.Should().Be(RolloutState.Paused);
        fleet.Wait.Should().Be(new RolloutWait(WaitReason.ThresholdMissed, $"2 devices of 5 in batch first failed, and 80 % must succeed: {failed[0]}, {failed[1]} (web is unhealthy)"));
        fleet.Tick(TimeSpan.FromDays(1)).Told.Should().BeEmpty();
    }

    [Fact]
    public void The_last_batch_is_gated_too()
    {
        var fleet = FleetSimulation.Of(TwoOfTen, 10).Start();
        fleet.Succeed(fleet.Told);
        fleet.Fail(fleet.Told.First());

        fleet.Rollout.State.Should().Be(RolloutState.Paused);
        fleet.Wait.Message.Should().Contain("in batch rest");
    }

    [Fact]
    public void A_device_that_says_nothing_fails_when_its_time_is_over()
    {
        var fleet = FleetSimulation.Of(new() { UpdateTimeout = TimeSpan.FromMinutes(30) }, 1).Start();

        fleet.Tick(TimeSpan.FromMinutes(29)).StateOf("till-1").Should().Be(DeviceState.Updating);
        fleet.Wait.Message.Should().Be("1 of 1 device in batch all is updating: till-1 for 29m; each has 30m");
        fleet.Tick(TimeSpan.FromMinutes(1)).StateOf("till-1").Should().Be(DeviceState.TimedOut);
        fleet.Rollout.State.Should().Be(RolloutState.Paused);
        fleet.Wait.Message.Should().Contain("it did not report the revision and Ready within 30m");
    }

    [Fact]
    public void Who_reports_success_after_the_time_was_over_counts_as_updated()
    {
        var fleet = FleetSimulation.Of(new() { UpdateTimeout = TimeSpan.FromMinutes(30), SuccessThreshold = 0 }, 2).Start();
        fleet.Succeed("till-2").Tick(TimeSpan.FromMinutes(30)).StateOf("till-1").Should().Be(DeviceState.TimedOut);

        fleet.Succeed("till-1").StateOf("till-1").Should().Be(DeviceState.Updated);
    }

    [Fact]
    public void The_next_batch_waits_for_the_soak_time()
    {
        var fleet = FleetSimulation.Of(new() { Batches = [new("first", null, new(1, false)) { Soak = TimeSpan.FromMinutes(10) }] }, 2).Start();
        fleet.SucceedAll();

        fleet.Wait.Should().Be(new RolloutWait(WaitReason.Soak, "batch first has passed (1 of 1 device), and must stay so for 10m: 10m left"));
        fleet.Tick(TimeSpan.FromMinutes(9)).Told.Should().BeEmpty();
        fleet.Tick(TimeSpan.FromMinutes(1)).Told.Should().ContainSingle();
    }

    [Fact]
    public void A_device_that_fails_while_its_batch_soaks_stops_the_rollout()
    {
        var fleet = FleetSimulation.Of(new() { Batches = [new("first", null, new(1, false)) { Soak = TimeSpan.FromMinutes(10) }] }, 2).Start();
        var first = fleet.Told.Single();
        fleet.SucceedAll().Tick(TimeSpan.FromMinutes(9));
        fleet.Fail(first);

        fleet.Rollout.State.Should().Be(RolloutState.Paused);
    }

    [Fact]
    public void A_moment_of_not_being_Ready_is_no_failure_but_holds_the_batch()
    {
        var fleet = FleetSimulation.Of(new() { Batches = [new("first", null, new(1, false)) { Soak = TimeSpan.FromMinutes(1) }] }, 2).Start();
        var first = fleet.Told.Single();
        fleet.SucceedAll();
        fleet.Devices[first] = fleet.Devices[first] with { IsReady = false, Message = "web restarts" };

        fleet.Tick(TimeSpan.FromMinutes(5)).Told.Should().BeEmpty();
        fleet.StateOf(first).Should().Be(DeviceState.Updating);
        fleet.Rollout.State.Should().Be(RolloutState.Progressing);
        fleet.Succeed(first).Told.Should().ContainSingle();
    }

    [Fact]
    public void A_batch_with_manual_approval_begins_only_once_it_is_approved()
    {
        var fleet = FleetSimulation.Of(new() { Batches = [new("first", null, new(1, false))], Approval = Approval.Manual }, 2).Start();

        fleet.Wait.Should().Be(new RolloutWait(WaitReason.Approval, "batch first waits for approval"));
        fleet.Order(RolloutOrders.Approve).Told.Should().ContainSingle();
        fleet.SucceedAll();
        fleet.Wait.Message.Should().Be("batch rest waits for approval");
        RolloutOrders.Approve(fleet.Rollout with { State = RolloutState.Aborted }).Refusal.Should().Contain("can't be approved: it is Aborted");
    }
}
