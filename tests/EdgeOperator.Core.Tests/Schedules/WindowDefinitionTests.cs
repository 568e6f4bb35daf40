using System.Text;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;
using EdgeOperator.Core.Schedules;

namespace EdgeOperator.Core.Tests.Schedules;

public sealed class WindowDefinitionTests
{
    [Fact]
    public void A_window_has_defaults_for_all_but_its_times() =>
        Read("{cron: \"0 2 * * 6\", duration: 4h}").Json.Should()
            .Be("""{"cron":"0 2 * * 6","duration":"04:00:00","timeZone":"UTC","graceAfterMissed":"00:00:00","blackouts":[]}""");

    [Theory]
    [InlineData("{cron: \"0 2 * * 8\", duration: 4h}", "a.yaml:1:8: window.cron must be a cron expression of five fields, such as `0 2 * * 6`")]
    [InlineData("{cron: \"0 0 2 * * 6\", duration: 4h}", "leave the seconds out")]
    [InlineData("{cron: \"0 2 30 2 *\", duration: 4h}", "a.yaml:1:8: window.cron names a date that never comes")]
    [InlineData("{cron: nightly, duration: 4h}", "window.cron must be a cron expression of five fields")]
    [InlineData("{cron: \"@daily\"}", "a.yaml:1:1: window.duration is missing")]
    [InlineData("{cron: \"@daily\", duration: 8d}", "window.duration must be a duration from 1m to 7d")]
    [InlineData("{cron: \"@daily\", duration: 1h, timeZone: Europe/Atlantis}", "a.yaml:1:42: window.timeZone: the time zone Europe/Atlantis is not known")]
    [InlineData("{cron: \"@daily\", duration: 1h, timeZone: +01:00}", "window.timeZone must be a time zone of the IANA database")]
    [InlineData("{cron: \"@daily\", duration: 1h, timeZone: ../../etc/passwd}", "window.timeZone must be a time zone of the IANA database")]
    [InlineData("{cron: \"@daily\", duration: 1h, blackouts: [24.12.]}", "window.blackouts[0] must be a day such as `2026-12-24`")]
    [InlineData("{cron: \"@daily\", duration: 1h, blackouts: [2026-12-24/2026-12-20]}", "window.blackouts[0] must be a day")]
    [InlineData("{cron: \"@daily\", duration: 1h, blackouts: [2026-12-24/12-26]}", "window.blackouts[0] must be a day")]
    public void A_mistake_is_reported_where_it_is(string yaml, string problem) => Read(yaml).Problems.Should().Contain(problem);

    [Theory]
    [InlineData("2026-12-24")]
    [InlineData("12-24")]
    [InlineData("02-29")]
    [InlineData("12-20/01-06")]
    [InlineData("2026-12-20/2027-01-06")]
    public void Days_are_written_in_these_forms(string days) => Read($"{{cron: \"@daily\", duration: 1h, blackouts: [{days}]}}").Problems.Should().BeEmpty();

    private static (string? Json, string Problems) Read(string yaml)
    {
        var problems = new ProblemCollector();
        var node = YamlReader.Read(new("a.yaml", Encoding.UTF8.GetBytes(yaml)), problems)[0];
        var read = WindowDefinition.Window.Read(node, new FieldContext("window", problems));
        return (read?.ToJsonString(), string.Join('\n', problems.Problems.Select(p => $"{p.Where}: {p.What}: {p.Fix}")));
    }
}
