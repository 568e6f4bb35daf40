using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Http;
using EdgeOperator.Functions.Http.Routing;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeOperator.Functions.Tests.Http;

/// <summary>Which functions a worker that finds them by the path could run, besides the one whose key the host asks for.</summary>
public sealed class OtherReadingsTests
{
    private static readonly RouteTable Table = RouteTable.Of(
        "api", [Http("open", "open"), Http("any", "any/{*rest}"), Http("item", "items/{id}"), Http("sec", "sec"), Http("all", "{*path}", "get", "post"), Http("put", "{*path}", "put")]).Table;

    [Theory]
    [InlineData("/api/open")]
    [InlineData("/api/open?x=/../sec")]
    [InlineData("/api/any/a/b%20c/.hidden/d..e")]
    [InlineData("/api/items/7")]
    [InlineData("/api/items/%C3%A4%20b")]
    [InlineData("/api/sec")]
    [InlineData("/api/other")]
    public void There_is_one_reading_of_what_is_spelled_out(string target) => Read(target).Should().BeEmpty();

    [Theory]
    [InlineData("/api/Open", "all")]
    [InlineData("/api/open/", "all")]
    [InlineData("/api/%6fpen", "all")]
    [InlineData("/api/ITEMS/7", "all")]
    [InlineData("/api/it%65ms/7", "all")]
    public void A_worker_that_takes_a_path_literally_may_fall_back_to_another_route(string target, string other) => Read(target).Should().Equal(other);

    [Theory]
    [InlineData("/api/sec;x=1")]
    [InlineData("/api//sec")]
    [InlineData("/api%2fsec")]
    [InlineData("/api/sec%2f")]
    [InlineData("/api/sec%3fx")]
    [InlineData("/api/sec%23x")]
    [InlineData("/api/se%2563")]
    [InlineData("/api\\sec")]
    [InlineData("/api/s%09ec")]
    public void A_worker_that_is_lenient_may_find_a_more_literal_route(string target)
    {
        var table = RouteTable.Of("", [Http("sec", "api/sec"), Http("all", "{*path}")]).Table;
        Read(target, table).Should().Contain("sec");
    }

    [Theory]
    [InlineData("/%c5%bfec")]
    [InlineData("/%ef%bd%93ec")]
    [InlineData("/sec%20")]
    [InlineData("/sec.")]
    [InlineData("/sec%2e")]
    [InlineData("/sec..")]
    [InlineData("/sec::$DATA")]
    [InlineData("/%u0073ec")]
    [InlineData("/%c1%b3ec")]
    [InlineData("/%e0%81%b3ec")]
    public void So_may_one_that_folds_trims_or_decodes_what_others_do_not(string target)
    {
        var table = RouteTable.Of("", [Http("sec", "sec"), Http("all", "{*path}")]).Table;
        Read(target, table).Should().Contain("sec");
    }

    [Theory]
    [InlineData("/items/%D9%A5")]
    [InlineData("/items/1%E0%A5%A7")]
    [InlineData("/items/%F0%9D%9F%8F")]
    [InlineData("/items/%EF%BC%91")]
    public void So_may_one_that_takes_the_digits_of_other_scripts_for_numbers(string target)
    {
        var table = RouteTable.Of("", [Http("item", "items/{id:int}"), Http("name", "items/{name}")]).Table;
        Read(target, table).Should().Contain("item");
    }

    [Theory]
    [InlineData("_METHOD")]
    [InlineData("%5fmethod")]
    [InlineData(".method")]
    [InlineData("+_method")]
    [InlineData("%20_method")]
    [InlineData("%5Bmethod")]
    [InlineData("_method[]")]
    [InlineData("_method%5B0%5D=x&_method[")]
    public void The_method_may_be_overridden_by_any_spelling_of_the_parameter(string parameter)
    {
        var table = RouteTable.Of("", [Http("get", "same", "get"), Http("post", "same", "post"), Http("other", "other", "post")]).Table;
        Read($"/same?{parameter}=POST", table).Should().Equal("post");
    }

    [Theory]
    [InlineData("X-HTTP-Method-Override")]
    [InlineData("X-HTTP-Method")]
    [InlineData("x_method_override")]
    [InlineData(null)]
    public void A_worker_that_lets_the_client_override_the_method_may_run_another_methods_function(string? header)
    {
        var table = RouteTable.Of("", [Http("get", "same", "get"), Http("post", "same", "post"), Http("other", "other", "post")]).Table;
        var context = Request(header is null ? "/same?_method=POST" : "/same");
        if (header is not null)
            context.Request.Headers[header] = "POST";

        Read(context, table).Should().Equal("post");
    }

    [Theory]
    [InlineData("/api/any/..%2fsec")]
    [InlineData("/api/any/..%5csec")]
    [InlineData("/api/any/..\\sec")]
    [InlineData("/api/any/..;a=b/sec")]
    [InlineData("/api/any/%252e%252e/sec")]
    [InlineData("/api/any/%25252e./sec")]
    [InlineData("/api/any/%c0%ae%c0%ae/sec")]
    [InlineData("/api/any/..%c0%afsec")]
    [InlineData("/api/any/%u002e%u002e/sec")]
    [InlineData("/api/any/%ef%bc%8e%ef%bc%8e/sec")]
    [InlineData("/api/any/..%ef%bc%8fsec")]
    public void Hidden_dot_segments_may_lead_anywhere(string target) => Read(target).Should().BeEquivalentTo("open", "item", "sec", "all", "put");

    [Fact]
    public void Dot_segments_that_decoding_an_absolute_target_made_are_hidden_ones() => LenientPath.Of("/api/any/../sec").Should().Be(new LenientPath("/api/sec", Climbs: true));

    [Fact]
    public void A_parameter_with_unusual_characters_is_the_functions_own() => Read("/api/any/http://x/y;z").Should().BeEmpty();

    [Fact]
    public void A_lenient_path_has_no_dot_segments_and_one_reading()
    {
        var part = Gen.Elements("/", "..", ".", "%", "25", "2f", "%2e", "%5c", "\\", ";", "a", "sec", "?", "#", "\0", "\t", "ü", "%C3", "any", "api");
        foreach (var path in Gen.ArrayOf(part).Select(p => "/" + string.Concat(p)).Sample(2000, 20))
        {
            if (LenientPath.Of(path) is { } read)
            {
                read.Path.Should().StartWith("/").And.NotContainAny(["//", "\\", ";"]);
                read.Path.Split('/').Should().NotContain(["..", "."]);
            }
        }
    }

    private static string[] Read(string target, RouteTable? table = null) => Read(Request(target), table ?? Table);

    private static string[] Read(HttpContext context, RouteTable table) =>
        [.. OtherReadings.Of(table, context, table.Match(context)!.Value.Route).Select(r => r.Function.Name).Distinct()];

    private static DefaultHttpContext Request(string target)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = target;
        // As Kestrel decodes it: all but the slash.
        context.Request.Path = new(string.Join("%2F", target.Split('?')[0].Split("%2f").Select(Uri.UnescapeDataString)));
        context.Request.QueryString = new(target.Contains('?') ? target[target.IndexOf('?')..] : "");
        return context;
    }

    private static FunctionDefinition Http(string name, string route, params string[] methods) => new(
        name,
        [new("req", "httpTrigger", BindingDirection.In, new JsonObject { ["route"] = route, ["methods"] = methods is [] ? null : new JsonArray([.. methods.Select(m => (JsonNode)m)]) })])
    {
        Folder = $"/app/{name}",
    };
}
