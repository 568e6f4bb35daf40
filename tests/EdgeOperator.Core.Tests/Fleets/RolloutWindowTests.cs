using EdgeOperator.Core.Fleets;
using EdgeOperator.Core.Schedules;

namespace EdgeOperator.Core.Tests.Fleets;

public sealed class RolloutWindowTests
{
    private static readonly MaintenanceWindow Night = new() { Cron = "0 2 * * *", Duration = TimeSpan.FromHours(1), TimeZone = "Europe/Berlin" };

    [Fact]
    public void A_batch_begins_only_while_a_window_is_open_and_says_when_that_is()
    {
        var fleet = FleetSimulation.Of(new() { Windows = [Night] }, 2).Start();

        fleet.Told.Should().BeEmpty();
        fleet.Wait.Should().Be(new RolloutWait(WaitReason.Window, "batch all waits for a maintenance window: daily at 02:00 for 1h (Europe/Berlin) opens Tue 2026-12-01 02:00 +01:00, in 13h"));
        fleet.Tick(TimeSpan.FromHours(13)).Told.Should().HaveCount(2);
    }

    [Fact]
    public void Devices_that_wait_for_a_place_in_the_budget_do_not_take_it_after_the_window()
    {
        var fleet = FleetSimulation.Of(new() { Windows = [Night], DisruptionBudget = new([], new(1, false)) }, 2).Start().Tick(TimeSpan.FromHours(13.5));
        fleet.Tick(TimeSpan.FromMinutes(40)).Succeed(fleet.MembersOf(0).Where(name => fleet.StateOf(name) == DeviceState.Updating));

        fleet.Told.Should().BeEmpty();
        fleet.Wait.Message.Should().StartWith("devices wait for a maintenance window: daily at 02:00");
        fleet.Tick(TimeSpan.FromHours(23)).Told.Should().ContainSingle();
    }

    [Fact]
    public void One_open_window_of_several_is_enough() =>
        FleetSimulation.Of(new() { Windows = [Night, new() { Cron = "0 12 * * *", Duration = TimeSpan.FromHours(1) }] }, 2).Start().Told.Should().HaveCount(2);

    [Fact]
    public void A_device_that_returns_outside_of_the_window_waits_for_it()
    {
        var fleet = FleetSimulation.Of(new() { Windows = [Night] }, 1).Add("late", isConnected: false).Start().Tick(TimeSpan.FromHours(13)).SucceedAll();
        fleet.Tick(TimeSpan.FromHours(5)).SetConnected(true, "late");

        fleet.Told.Should().BeEmpty();
        fleet.Wait.Reason.Should().Be(WaitReason.Window);
    }
}
