using EdgeOperator.Core.Fleets;

namespace EdgeOperator.Core.Tests.Fleets;

/// <summary>How other systems get stuck in a rollout, or lose sight of how far it is, each by how it shows.</summary>
public sealed class KnownProgressFailureTests
{
    private static readonly RolloutPolicy OneFirst = new() { Batches = [new("first", null, new(1, false))] };

    [Fact(DisplayName = "flightctl 853, 1561: at every moment a rollout says what it does or waits for, and paused is another thing than waiting")]
    public void Every_moment_has_its_reason()
    {
        var fleet = FleetSimulation.Of(new() { Batches = [new("first", null, new(1, false)) { Soak = TimeSpan.FromMinutes(10) }], Approval = Approval.Manual }, 2).Start();
        List<WaitReason> reasons = [fleet.Wait.Reason];
        foreach (var next in (Action[])
        [
            () => fleet.Order(RolloutOrders.Approve),
            () => fleet.Tick(),
            () => fleet.Succeed(fleet.MembersOf(0)),
            () => fleet.Order(rollout => RolloutOrders.Pause(rollout, "by ann")),
            () => fleet.Order(RolloutOrders.Resume),
            () => fleet.Tick(TimeSpan.FromMinutes(10)),
            () => fleet.Order(RolloutOrders.Approve).SucceedAll(),
        ])
        {
            next();
            reasons.Add(fleet.Wait.Reason);
        }

        reasons.Should().Equal(
            WaitReason.Approval, WaitReason.Moving, WaitReason.Updating, WaitReason.Soak, WaitReason.Paused, WaitReason.Soak, WaitReason.Approval, WaitReason.Completed);
    }

    [Fact(DisplayName = "flightctl 1073: why an update failed is told with the rollout")]
    public void The_device_s_own_words_are_told()
    {
        var fleet = FleetSimulation.Of(OneFirst, 2).Start();
        var first = fleet.Told.Single();

        fleet.Fail(first).Wait.Message.Should().Contain($"{first} (web is unhealthy)");
    }

    [Fact(DisplayName = "flightctl 1271: what was cut short and is done again tells no device twice")]
    public void Doing_it_again_changes_nothing()
    {
        var fleet = FleetSimulation.Of(new(), 3).Start();
        var before = fleet.Rollout;

        fleet.Tick().Told.Should().BeEmpty();
        RolloutEngine.Tick(fleet.Policy, fleet.Devices.Values, before, fleet.Now).Rollout.Devices.Should().Equal(fleet.Rollout.Devices);
    }

    [Fact(DisplayName = "flightctl 1537: while nothing happens nothing is to be written")]
    public void A_steady_state_is_free()
    {
        var fleet = FleetSimulation.Of(OneFirst, 100).Start().SucceedAll().Tick();
        var (devices, told) = (fleet.Rollout.Devices, StoredRollout.Of(fleet.Rollout, fleet.Wait, fleet.Step.Counts));

        fleet.Tick(TimeSpan.FromDays(1));
        fleet.Rollout.Devices.Should().BeSameAs(devices);
        StoredRollout.Of(fleet.Rollout, fleet.Wait, fleet.Step.Counts).Says(told, sameMessage: true).Should().BeTrue();
    }

    [Fact(DisplayName = "Argo CD 20230, 22976, 12202, 12459, 19535, 19771: batches whose devices have the revision already, or get it in another way, hold nothing up")]
    public void A_batch_that_is_done_is_left()
    {
        var fleet = FleetSimulation.Of(new() { Batches = [new("a", null, new(2, false)), new("b", null, new(2, false))], SuccessThreshold = 100 }, 6);
        foreach (var (name, device) in fleet.Devices.Take(3).ToList())
            fleet.Devices[name] = device with { Assigned = FleetSimulation.New, Applied = FleetSimulation.New };
        fleet.Start().SucceedAll().Tick();

        fleet.Rollout.State.Should().Be(RolloutState.Completed);
        fleet.Devices.Values.Should().OnlyContain(device => device.Has(FleetSimulation.New));
    }

    [Fact(DisplayName = "Rancher Fleet 3827: a fleet of a few devices goes through its batches like a large one")]
    public void A_small_fleet_has_batches()
    {
        var fleet = FleetSimulation.Of(new() { Batches = [new("tenth", null, new(10, true)), new("half", null, new(50, true))] }, 3).Start();
        fleet.Told.Should().ContainSingle();
        fleet.SucceedAll();

        Enumerable.Range(0, 3).Select(batch => fleet.MembersOf(batch).Count()).Should().Equal(1, 2, 0);
    }

    [Fact(DisplayName = "hawkBit 1770: a rollout is not made in steps that it could be stuck between: its first tick begins it")]
    public void The_first_tick_begins_it()
    {
        var fleet = FleetSimulation.Of(OneFirst, 5).Start();

        (fleet.Rollout.State, fleet.Rollout.Batches[0].State, fleet.Told.Count()).Should().Be((RolloutState.Progressing, BatchState.Active, 1));
    }

    [Fact(DisplayName = "hawkBit 337, meticulous-machine 81: an own group first, somebody's word, and then ever more devices by themselves")]
    public void A_ramp_goes_on_after_somebody_s_word()
    {
        var fleet = FleetSimulation.Of(
            new() { Batches = [new("own", FleetSimulation.Selector("ring", "own")), new("ten", null, new(10, false)) { Approval = Approval.Manual }, new("fifty", null, new(50, false)), new("hundred", null, new(100, false))] },
            400, i => i <= 3 ? "ring=own" : "").Start().SucceedAll();
        fleet.Wait.Message.Should().Be("batch ten waits for approval");
        fleet.Devices.Values.Count(device => device.Has(FleetSimulation.New)).Should().Be(3);
        fleet.Order(RolloutOrders.Approve).SucceedAll();

        Enumerable.Range(0, 5).Select(batch => fleet.MembersOf(batch).Count()).Should().Equal(3, 10, 50, 100, 237);
        fleet.Rollout.State.Should().Be(RolloutState.Completed);
    }

    [Fact(DisplayName = "Mender 745, 306: each batch has counts of its own, the last one too")]
    public void The_last_batch_has_counts()
    {
        var fleet = FleetSimulation.Of(OneFirst, 4).Start().SucceedAll().Start(FleetSimulation.Fix);
        fleet.Succeed(fleet.Told).Succeed(fleet.Told.Take(2));

        fleet.Step.Counts.Select(counts => (counts.All, counts.Updated, counts.Updating)).Should().Equal((1, 1, 0), (3, 2, 1));
    }

    [Fact(DisplayName = "mender-mcu 115, 192, zephyr 89530: a rollout that was aborted stays so, whatever devices report later")]
    public void An_aborted_rollout_stays_aborted()
    {
        var fleet = FleetSimulation.Of(OneFirst, 3).Start();
        var first = fleet.Told.Single();
        fleet.Order(rollout => RolloutOrders.Abort(rollout, "by ann", fleet.Now)).Succeed(first);

        fleet.Tick(TimeSpan.FromDays(1)).Told.Should().BeEmpty();
        (fleet.Rollout.State, fleet.Wait.Message).Should().Be((RolloutState.Aborted, "aborted by ann"));
        RolloutOrders.Resume(fleet.Rollout).Rollout.Should().BeNull();
    }

    [Fact(DisplayName = "Mender integration 2951, gui 660: who fails, tries again by itself and succeeds, counts as updated")]
    public void A_later_success_counts()
    {
        var fleet = FleetSimulation.Of(new() { SuccessThreshold = 50 }, 2).Start();
        fleet.Fail("till-1").StateOf("till-1").Should().Be(DeviceState.Failed);
        fleet.Succeed("till-1", "till-2");

        fleet.Step.Counts[0].Should().BeEquivalentTo(new { Updated = 2, Failed = 0 });
    }

    [Fact(DisplayName = "open-balena-api 923, supervisor 1201: a device that changes its mind is followed, and one that never comes to an end has failed")]
    public void A_device_that_flips_is_followed()
    {
        var fleet = FleetSimulation.Of(new(), 1).Start().SucceedAll();
        for (var i = 0; i < 5; i++)
        {
            fleet.Devices["till-1"] = fleet.Devices["till-1"] with { IsReady = i % 2 == 1 };
            fleet.Tick(TimeSpan.FromMinutes(1)).Told.Should().BeEmpty();
            fleet.StateOf("till-1").Should().Be(i % 2 == 1 ? DeviceState.Updated : DeviceState.Updating);
        }

        fleet.Tick(TimeSpan.FromHours(1)).StateOf("till-1").Should().Be(DeviceState.TimedOut);
    }
}
