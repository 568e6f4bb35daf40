using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.Http;

namespace EdgeOperator.Functions.Tests.Http;

public sealed class HttpBindingDataTests
{
    [Fact]
    public void Properties_of_a_JSON_body_are_texts_objects_stay_and_lists_are_left_out()
    {
        var data = Of("""{ "name": "Z", "n": 5, "on": true, "none": null, "inner": { "a": 1 }, "list": [1] }""");

        Without(data).Should().Be("""{"name":"Z","n":"5","on":"True","none":null,"inner":{"a":1}}""");
    }

    [Fact]
    public void The_query_goes_before_the_body_and_the_route_before_both()
    {
        var data = Of("""{ "a": "body", "b": "body", "c": "body" }""", [new("b", "query"), new("c", "query")], [new("c", "route")]);

        Without(data).Should().Be("""{"a":"body","b":"query","c":"route"}""");
    }

    [Fact]
    public void Values_of_one_name_are_joined_and_the_key_is_none()
    {
        var data = Of("", [new("q", "1"), new("q", "2"), new("code", "secret")]);

        Without(data).Should().Be("""{"q":"1,2"}""");
        data["Query"]!.ToJsonString().Should().Be("""{"q":"1,2","code":"secret"}""");
        data["Headers"]!.ToJsonString().Should().Be("""{"X-One":"1"}""");
    }

    [Theory]
    [InlineData("{ no JSON")]
    [InlineData("""["a"]""")]
    [InlineData("text")]
    [InlineData("""{ "a": 1, "a": 2 }""")]
    public void A_body_of_another_kind_has_no_properties(string body) => Without(Of(body)).Should().Be("{}");

    [Fact]
    public void A_body_that_is_not_UTF8_has_no_properties() =>
        Without(Of([.. "{\"a\":\""u8, 0xC3, 0x28, .. "\"}"u8])).Should().Be("{}");

    private static JsonObject Of(string body, KeyValuePair<string, string>[]? query = null, KeyValuePair<string, string>[]? route = null) =>
        Of(Encoding.UTF8.GetBytes(body), query, route);

    private static JsonObject Of(byte[] body, KeyValuePair<string, string>[]? query = null, KeyValuePair<string, string>[]? route = null) => HttpBindingData.Of(
        new("POST", "http://device/api/f", [new("X-One", "1")], [.. query ?? []], (route ?? []).ToImmutableSortedDictionary(), body));

    private static string Without(JsonObject data)
    {
        data = (JsonObject)data.DeepClone();
        data.Remove("Query");
        data.Remove("Headers");
        return data.ToJsonString();
    }
}
