using System.Collections.Immutable;
using EdgeOperator.Core.Alerts;

namespace EdgeOperator.Core.Tests.Alerts;

/// <summary>When an alert begins, is told again, and is over.</summary>
public sealed class AlertEngineTests
{
    private static readonly DateTimeOffset Noon = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly AlertRule Offline = new("DeviceOffline", TimeSpan.FromMinutes(15), "warning", [], Offline: true);
    private static readonly AlertConfiguration Configuration = new([Offline], TimeSpan.FromMinutes(2), TimeSpan.FromHours(12), [], []);

    [Fact]
    public void What_has_not_been_so_for_long_enough_is_no_alert()
    {
        AlertEngine.Firing(Offline, null, [new("a", Noon.AddMinutes(-14)), new("b", Noon.AddMinutes(-15))], Noon).Select(m => m.Subject).Should().Equal("b");
        At(Noon, null, []).Should().BeNull();
    }

    [Fact]
    public void Ten_thousand_devices_are_one_alert_with_the_first_of_them_by_name()
    {
        var alert = At(Noon, null, [.. Enumerable.Range(0, 10_000).Select(i => $"till-{i:00000}")])!;

        (alert.Count, alert.Status, alert.Version, alert.First.Length).Should().Be((10_000, AlertStatus.Firing, 1, AlertEngine.MostNamed));
        AlertEngine.IsDue(alert, "webhook", null, Noon).Should().BeTrue();
        alert.Write().Length.Should().BeLessThan(64 * 1024, "it is kept as a document");
    }

    [Fact]
    public void What_was_told_is_not_told_again_until_more_comes_or_it_has_lasted_long()
    {
        var alert = AlertEngine.Delivered(At(Noon, null, "a")!, "webhook", null, Noon);

        AlertEngine.IsDue(alert, "webhook", null, Noon.AddHours(1)).Should().BeFalse();
        AlertEngine.IsDue(At(Noon.AddHours(1), alert, "a")!, "webhook", null, Noon.AddHours(1)).Should().BeFalse();
        AlertEngine.IsDue(At(Noon.AddMinutes(1), alert, "a", "b")!, "webhook", null, Noon.AddMinutes(1)).Should().BeFalse("what comes within minutes is told together");
        AlertEngine.IsDue(At(Noon.AddMinutes(6), alert, "a", "b")!, "webhook", null, Noon.AddMinutes(6)).Should().BeTrue();
        AlertEngine.IsDue(At(Noon.AddHours(12), alert, "a")!, "webhook", null, Noon.AddHours(12)).Should().BeTrue();
    }

    [Fact]
    public void An_alert_is_over_when_nothing_was_wrong_for_a_while_and_that_is_told_to_those_who_knew()
    {
        var alert = AlertEngine.Delivered(At(Noon, null, "a")!, "webhook", null, Noon);

        var calm = At(Noon.AddMinutes(1), alert)!;
        var again = At(Noon.AddMinutes(2), calm, "a")!;
        var over = At(Noon.AddMinutes(3), calm)!;

        calm.Status.Should().Be(AlertStatus.Firing);
        (again.CalmSince, again.Version).Should().Be((null, 1), "it was away for a moment only");
        (over.Status, over.EndedAt).Should().Be((AlertStatus.Resolved, Noon.AddMinutes(3)));
        AlertEngine.IsDue(over, "webhook", null, Noon.AddMinutes(3)).Should().BeTrue();
        AlertEngine.IsDue(over, "never told", null, Noon.AddMinutes(3)).Should().BeFalse();
        AlertEngine.IsDue(AlertEngine.Delivered(over, "webhook", null, Noon.AddMinutes(3)), "webhook", null, Noon.AddMinutes(4)).Should().BeFalse();
        At(Noon.AddDays(2), over).Should().BeNull("it is kept for a day");
        At(Noon.AddMinutes(30), over, "a")!.Should().Match<AlertState>(next => next.Status == AlertStatus.Firing && next.StartedAt == Noon.AddMinutes(30) && next.EndedAt == null);
    }

    [Fact]
    public void Who_could_not_be_told_is_told_later_and_not_every_second()
    {
        var alert = AlertEngine.Delivered(At(Noon, null, "a")!, "email", "no route to host", Noon);

        AlertEngine.IsDue(alert, "email", null, Noon.AddSeconds(9)).Should().BeFalse();
        AlertEngine.IsDue(alert, "email", null, Noon.AddSeconds(10)).Should().BeTrue();
        alert = Enumerable.Range(0, 20).Aggregate(alert, (told, _) => AlertEngine.Delivered(told, "email", "still none", Noon));
        AlertEngine.IsDue(alert, "email", null, Noon.AddMinutes(9)).Should().BeFalse();
        AlertEngine.IsDue(alert, "email", null, Noon.AddMinutes(10)).Should().BeTrue();
    }

    [Fact]
    public void Who_forgets_is_told_again_while_it_lasts_and_once_when_it_is_over()
    {
        var alert = AlertEngine.Delivered(At(Noon, null, "a")!, "alertmanager", null, Noon);

        AlertEngine.IsDue(alert, "alertmanager", TimeSpan.FromMinutes(1), Noon.AddSeconds(59)).Should().BeFalse();
        AlertEngine.IsDue(alert, "alertmanager", TimeSpan.FromMinutes(1), Noon.AddMinutes(1)).Should().BeTrue();
    }

    [Fact]
    public void Devices_of_a_firing_alert_stay_in_it_when_the_times_are_not_known_any_more()
    {
        var alert = At(Noon, null, "a")!;

        AlertEngine.Firing(Offline, alert, [new("a", Noon.AddMinutes(1)), new("b", Noon.AddMinutes(1))], Noon.AddMinutes(2)).Select(m => m.Subject).Should().Equal("a");
    }

    [Fact]
    public void A_restart_finds_what_was_told()
    {
        var group = ImmutableSortedDictionary<string, string>.Empty.Add("site", "berlin");
        var alert = AlertEngine.Delivered(AlertEngine.Next(Configuration, Offline, group, null, [new("a", Noon, "it is away")], Noon)!, "webhook", null, Noon);

        var read = AlertState.Read(alert.Write());

        read.Write().Should().Be(alert.Write());
        (read.Key, AlertEngine.IsDue(read, "webhook", null, Noon.AddMinutes(1))).Should().Be(("DeviceOffline site=berlin", false));
    }

    private static AlertState? At(DateTimeOffset now, AlertState? before, params string[] devices) =>
        AlertEngine.Next(Configuration, Offline, ImmutableSortedDictionary<string, string>.Empty, before, [.. devices.Select(device => new AlertMatch(device, Noon.AddHours(-1)))], now);
}
