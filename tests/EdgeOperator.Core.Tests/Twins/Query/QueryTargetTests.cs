using EdgeOperator.Core.Twins.Query;

namespace EdgeOperator.Core.Tests.Twins.Query;

public sealed class QueryTargetTests
{
    private const string Row = """{"deviceId":"d1","moduleId":"web","tags":{"site":"berlin"}}""";

    [Theory]
    [InlineData("*", null, true)]
    [InlineData("tags.site = 'berlin'", null, true)]
    [InlineData("FROM devices", QuerySource.Devices, true)]
    [InlineData("from devices.modules where moduleId = 'web'", QuerySource.Modules, true)]
    [InlineData("SELECT * FROM devices.modules WHERE moduleId = 'other'", QuerySource.Modules, false)]
    [InlineData("FROM devices.modules m WHERE m.tags.site = 'berlin'", QuerySource.Modules, true)]
    public void It_is_a_condition_alone_or_a_query_for_devices_or_modules(string text, QuerySource? source, bool matches)
    {
        var target = QueryTarget.Parse(text);

        target.Source.Should().Be(source);
        QueryEvaluation.Matches(target.Where, TwinJson.Object(Row)).Should().Be(matches);
    }

    [Theory]
    [InlineData("tags.site =")]
    [InlineData("FROM devices.jobs")]
    [InlineData("FROM elsewhere")]
    [InlineData("SELECT deviceId FROM devices")]
    [InlineData("SELECT TOP 5 * FROM devices")]
    [InlineData("SELECT COUNT() FROM devices")]
    public void What_takes_no_whole_rows_of_devices_or_modules_is_refused(string text) =>
        ((Action)(() => QueryTarget.Parse(text))).Should().Throw<QueryException>();
}
