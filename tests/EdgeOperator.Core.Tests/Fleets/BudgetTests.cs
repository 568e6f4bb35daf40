using EdgeOperator.Core.Fleets;

namespace EdgeOperator.Core.Tests.Fleets;

public sealed class BudgetTests
{
    [Fact]
    public void No_more_devices_of_a_group_are_updated_at_once_than_the_budget_allows_and_the_reason_names_them()
    {
        var fleet = FleetSimulation.Of(new() { DisruptionBudget = new(["store"], new(1, false)) }, 6, i => i % 2 == 0 ? "store=madrid" : "store=paris").Start();

        fleet.Told.Should().HaveCount(2);
        var told = fleet.Told.ToArray();
        fleet.Tick().Told.Should().BeEmpty();
        fleet.Wait.Reason.Should().Be(WaitReason.Budget);
        fleet.Wait.Message.Should().Match("store=madrid: 0 of 1 free: 1 updating (till-*), 2 devices wait; store=paris: 0 of 1 free: 1 updating (till-*), 2 devices wait");
        fleet.Succeed(told[0]).Told.Should().ContainSingle();
    }

    [Fact]
    public void A_share_is_one_of_the_devices_of_the_group() =>
        FleetSimulation.Of(new() { DisruptionBudget = new([], new(30, true)) }, 10).Start().Told.Should().HaveCount(3);

    [Fact]
    public void Enough_devices_stay_available()
    {
        var fleet = FleetSimulation.Of(new() { DisruptionBudget = new([], MinAvailable: new(75, true)) }, 4);
        fleet.Start().Told.Should().ContainSingle();
        fleet.Tick();

        fleet.Wait.Message.Should().Match("3 of 4 devices available, and 3 must stay so: 1 updating (till-*), 3 devices wait");
    }

    [Fact]
    public void A_group_that_is_too_small_for_its_budget_says_so()
    {
        var fleet = FleetSimulation.Of(new() { DisruptionBudget = new(["store"], MinAvailable: new(2, false)) }, 2, _ => "store=madrid").Start();

        fleet.Wait.Should().Be(new RolloutWait(WaitReason.Budget, "store=madrid: 2 of 2 devices available, and 2 must stay so, 2 devices wait"));
    }

    [Fact]
    public void Devices_that_are_not_Ready_are_unavailable_and_may_be_updated_themselves()
    {
        var fleet = FleetSimulation.Of(new() { DisruptionBudget = new([], new(1, false)) }, 3);
        fleet.Devices["till-2"] = fleet.Devices["till-2"] with { IsReady = false, IsAvailable = false };

        fleet.Start().Told.Should().Equal("till-2");
        fleet.SucceedAll();
        fleet.Rollout.State.Should().Be(RolloutState.Completed);
    }

    [Fact]
    public void A_device_that_has_gone_silent_still_takes_its_place_in_the_budget_until_somebody_decides_to_go_on()
    {
        var fleet = FleetSimulation.Of(new() { DisruptionBudget = new([], new(1, false)), SuccessThreshold = 0 }, 2).Start();
        var silent = fleet.Told.Single();
        fleet.SetConnected(false, silent).Tick(TimeSpan.FromHours(2)).Tick();

        fleet.Told.Should().BeEmpty();
        fleet.Wait.Message.Should().Be($"0 of 1 free: 1 updating ({silent}), 1 device waits");
        fleet.Order(rollout => RolloutOrders.Skip(rollout, fleet.Now)).Told.Should().ContainSingle();
    }

    [Fact]
    public void A_device_that_somebody_decided_not_to_count_counts_again_once_it_is_given_something()
    {
        var fleet = FleetSimulation.Of(new() { DisruptionBudget = new([], new(1, false)) }, 2).Start();
        var silent = fleet.Told.Single();
        fleet.Devices[silent] = fleet.Devices[silent] with { IsReady = false, IsAvailable = false };
        fleet.Tick(TimeSpan.FromHours(1)).Order(RolloutOrders.Resume).SucceedAll();
        fleet.Order(rollout => RolloutOrders.RollBack(rollout, "by ann"));

        fleet.Told.Should().ContainSingle();
        fleet.Tick().Told.Should().BeEmpty("one of them is away, and whoever it is counts");
        fleet.Rollout.Devices[silent].IsExcused.Should().Be(fleet.StateOf(silent) != DeviceState.RollingBack);
    }

    [Fact]
    public void No_more_devices_of_a_site_fetch_at_once_than_the_limit_allows_whatever_they_do_afterwards()
    {
        var fleet = FleetSimulation.Of(new() { MaxConcurrentDownloads = new(2, ["site"]) }, 5, _ => "site=berlin").Start();

        fleet.Told.Should().HaveCount(2);
        var first = fleet.Told.First();
        fleet.Tick();
        fleet.Wait.Reason.Should().Be(WaitReason.Downloads);
        fleet.Wait.Message.Should().Match("site=berlin: 2 devices of at most 2 fetching (till-*, till-*), 3 devices wait");
        fleet.Devices[first] = fleet.Devices[first] with { Applied = FleetSimulation.New, IsReady = false };
        fleet.Tick().Told.Should().ContainSingle("it has fetched and is proving itself");
    }

    [Fact]
    public void With_jitter_each_device_begins_at_its_own_time_which_is_always_the_same()
    {
        var fleet = FleetSimulation.Of(new() { Jitter = TimeSpan.FromMinutes(10) }, 20).Start();
        var again = FleetSimulation.Of(fleet.Policy, 20).Start();
        var told = new List<int>();
        for (var minute = 0; minute <= 10; minute++)
        {
            told.Add(fleet.Tick(TimeSpan.FromMinutes(1)).Told.Count());
            again.Tick(TimeSpan.FromMinutes(1)).Told.Should().Equal(fleet.Told);
        }

        told.Sum().Should().Be(20);
        told.Max().Should().BeLessThan(10);
    }
}
