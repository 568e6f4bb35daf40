using EdgeOperator.Core.Twins.Query;

namespace EdgeOperator.Core.Tests.Twins.Query;

public sealed class QueryTests
{
    private const string Row = """
        {"deviceId":"d1","status":"enabled","tags":{"site":"berlin","floor":3,"my-key":"x","none":null,"a":{"b":true}},
         "properties":{"desired":{"n":1,"$version":4},"reported":{"temp":21.5,"list":[1]}}, "capabilities":{"iotEdge":true}}
        """;

    [Theory]
    [InlineData("deviceId = 'd1'", true)]
    [InlineData("DeviceID = \"d1\"", true)]
    [InlineData("d.deviceId = 'd1'", true)]
    [InlineData("tags.site = 'berlin' AND tags.floor > 2", true)]
    [InlineData("tags.Site = 'berlin'", false)]
    [InlineData("tags.floor >= 3 and tags.floor <= 3 and tags.floor < 4", true)]
    [InlineData("tags.floor <> 3", false)]
    [InlineData("tags.site IN ['paris', 'berlin']", true)]
    [InlineData("tags.site NIN ['paris', 'berlin']", false)]
    [InlineData("tags.missing NIN ['paris']", false)]
    [InlineData("is_defined(tags.none) AND IS_DEFINED(tags.site)", true)]
    [InlineData("is_defined(tags.missing)", false)]
    [InlineData("NOT is_defined(tags.missing)", true)]
    [InlineData("tags.none = null", true)]
    [InlineData("tags.missing = null", false)]
    [InlineData("tags.missing != 1", false)]
    [InlineData("NOT (tags.missing = 1)", false)]
    [InlineData("tags.missing = 1 OR status = 'enabled'", true)]
    [InlineData("tags.missing = 1 AND status = 'enabled'", false)]
    [InlineData("tags.floor = '3'", false)]
    [InlineData("tags.floor != '3'", true)]
    [InlineData("tags.site > 1", false)]
    [InlineData("tags.[[my-key]] = 'x'", true)]
    [InlineData("tags['my-key'] = 'x'", true)]
    [InlineData("tags.a.b", true)]
    [InlineData("capabilities.iotEdge = true", true)]
    [InlineData("properties.reported.temp * 2 - 1 = 42", true)]
    [InlineData("1 + 2 * 3 = 7 AND (1 + 2) * 3 = 9 AND -tags.floor = -3 AND 7 % 4 = 0x3", true)]
    [InlineData("1 / 0 = 1", false)]
    [InlineData("properties.desired.$version = 4", true)]
    [InlineData("status = 'it''s' OR status = 'it\\'s'", false)]
    [InlineData("true", true)]
    [InlineData("1", false)]
    public void A_condition_decides_in_three_valued_logic(string condition, bool matches) =>
        QueryEvaluation.Matches(TwinQuery.Parse($"SELECT * FROM devices d WHERE {condition}").Where, TwinJson.Object(Row)).Should().Be(matches);

    [Theory]
    [InlineData("SELECT deviceId, tags.site AS place FROM devices", """{"deviceId":"d1","place":"berlin"}""")]
    [InlineData("SELECT d.tags.floor FROM devices AS d WHERE d.status = 'enabled'", """{"floor":3}""")]
    [InlineData("SELECT tags.missing, tags.none, tags.a FROM devices", """{"none":null,"a":{"b":true}}""")]
    [InlineData("SELECT tags.floor + 1 FROM devices", """{"$1":4}""")]
    public void Columns_are_named_by_AS_or_by_the_last_name_of_their_path(string query, string expected) =>
        QueryProjection.Project(TwinQuery.Parse(query), TwinJson.Object(Row)).ToJsonString().Should().Be(expected);

    [Theory]
    [InlineData("SELECT COUNT() AS n FROM devices", """[{"n":3}]""")]
    [InlineData("SELECT COUNT() FROM devices", """[{"$1":3}]""")]
    [InlineData("SELECT g, COUNT() AS n, SUM(x) AS s, AVG(x) AS a, MIN(x) AS l, MAX(x) AS m FROM devices GROUP BY g", """[{"g":"a","n":2,"s":4,"a":2,"l":1,"m":3},{"n":1,"s":0,"a":null,"l":null,"m":null}]""")]
    [InlineData("SELECT TOP 1 g FROM devices GROUP BY g", """[{"g":"a"}]""")]
    public void Rows_are_aggregated_by_group(string query, string expected)
    {
        var aggregation = new QueryAggregation(TwinQuery.Parse(query));
        foreach (var row in (string[])["""{"g":"a","x":1}""", """{"g":"a","x":3}""", "{}"])
            aggregation.Add(TwinJson.Object(row));

        $"[{string.Join(',', aggregation.Results().Select(r => r.ToJsonString()))}]".Should().Be(expected);
    }

    [Fact]
    public void Counting_no_rows_gives_zero() =>
        new QueryAggregation(TwinQuery.Parse("SELECT COUNT() AS n FROM devices")).Results().Single().ToJsonString().Should().Be("""{"n":0}""");

    [Theory]
    [InlineData("select top 5 * from devices.modules where moduleId = 'm'", QuerySource.Modules)]
    [InlineData("SELECT * FROM devices.jobs", QuerySource.Jobs)]
    [InlineData("SELECT * FROM devices c", QuerySource.Devices)]
    public void The_source_is_devices_modules_or_jobs(string query, QuerySource source) => TwinQuery.Parse(query).Source.Should().Be(source);

    [Theory]
    [InlineData("", 1, "SELECT")]
    [InlineData("SELECT * FROM things", 15, "devices")]
    [InlineData("SELECT * FROM devices WHERE", 28, "property or a value")]
    [InlineData("SELECT * FROM devices WHERE a = 'x", 33, "closing")]
    [InlineData("SELECT * FROM devices WHERE a == 1", 32, "property or a value")]
    [InlineData("SELECT * FROM devices WHERE a = 1 ORDER BY a", 35, "end of the query")]
    [InlineData("SELECT * FROM devices WHERE lower(a) = 1", 29, "is_defined")]
    [InlineData("SELECT * FROM devices WHERE [[a = 1", 29, "]]")]
    [InlineData("SELECT * FROM devices WHERE a = 0xFFFFFFFFFFFFFFFFFF", 33, "hexadecimal")]
    [InlineData("SELECT * FROM devices GROUP BY a", 1, "name the columns")]
    [InlineData("SELECT TOP 0 * FROM devices", 12, "how many")]
    [InlineData("SELECT SUM() FROM devices", 12, "property")]
    [InlineData("SELECT a; DROP TABLE x", 9, "no meaning")]
    public void What_is_not_in_the_language_is_refused_with_its_position(string query, int position, string reason)
    {
        var refused = ((Action)(() => TwinQuery.Parse(query))).Should().Throw<QueryException>().Which;

        refused.Position.Should().Be(position);
        refused.Message.Should().Contain(reason);
    }

    [Fact]
    public void Deep_nesting_and_long_texts_are_refused_before_they_cost_anything()
    {
        ((Action)(() => TwinQuery.Parse($"SELECT * FROM devices WHERE {new string('(', 4000)}1"))).Should().Throw<QueryException>().WithMessage("*deeper*");
        ((Action)(() => TwinQuery.Parse($"SELECT * FROM devices WHERE {new string('-', 4000)}1"))).Should().Throw<QueryException>().WithMessage("*deeper*");
        ((Action)(() => TwinQuery.Parse(new string(' ', 9000)))).Should().Throw<QueryException>().WithMessage("*longer*");
    }

    [Theory]
    [InlineData("*", true)]
    [InlineData("tags.site='berlin'", true)]
    [InlineData("tags.site='paris'", false)]
    public void A_condition_alone_is_read_too(string condition, bool matches) =>
        QueryEvaluation.Matches(TwinQuery.ParseCondition(condition), TwinJson.Object(Row)).Should().Be(matches);
}
