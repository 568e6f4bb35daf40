using System.Collections.Immutable;
using EdgeOperator.Functions.Timers;

namespace EdgeOperator.Functions.Tests.Timers;

public class TimeZonesTests
{
    [Theory]
    [InlineData("WEBSITE_TIME_ZONE", "Europe/Berlin", "Europe/Berlin")]
    [InlineData("WEBSITE_TIME_ZONE", "W. Europe Standard Time", "Europe/Berlin")]
    [InlineData("WEBSITE_TIME_ZONE", "tokyo standard time", "Asia/Tokyo")]
    [InlineData("TZ", ":America/New_York", "America/New_York")]
    [InlineData("OTHER", "America/New_York", "UTC")]
    [InlineData("TZ", "", "UTC")]
    public void A_setting_names_the_time_zone(string setting, string name, string zone) =>
        TimeZones.Of(ImmutableSortedDictionary<string, string>.Empty.Add(setting, name), TimeZoneInfo.Utc).Id.Should().Be(zone);

    [Fact]
    public void The_clouds_setting_goes_first() => TimeZones.Of(
        ImmutableSortedDictionary<string, string>.Empty.Add("TZ", "Asia/Tokyo").Add("WEBSITE_TIME_ZONE", "Asia/Kolkata"), TimeZoneInfo.Utc).Id.Should().Be("Asia/Kolkata");

    [Fact]
    public void An_unknown_name_is_told() => FluentActions
        .Invoking(() => TimeZones.Of(ImmutableSortedDictionary<string, string>.Empty.Add("TZ", "Mars/Olympus"), TimeZoneInfo.Utc))
        .Should().Throw<FormatException>().WithMessage("The setting TZ names no time zone*Mars/Olympus*");

    [Fact]
    public void Every_name_of_the_table_is_known_here()
    {
        using var table = new StreamReader(typeof(Schedule).Assembly.GetManifestResourceStream("WindowsTimeZones.txt")!);
        var names = table.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=')[0]).ToArray();
        names.Should().HaveCountGreaterThan(130);
        foreach (var name in names)
            TimeZones.Of(ImmutableSortedDictionary<string, string>.Empty.Add("TZ", name), TimeZoneInfo.Utc).Should().NotBeNull();
    }
}
