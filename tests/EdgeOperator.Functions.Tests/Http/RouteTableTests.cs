using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Http.Routing;
using EdgeOperator.Testing;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Tests.Http;

public sealed class RouteTableTests
{
    [Theory]
    [InlineData("/api/items", "items")]
    [InlineData("/API/Items/", "items")]
    [InlineData("/api/items/7", "byNumber id=7")]
    [InlineData("/api/items/seven", "byName name=seven")]
    [InlineData("/api/items/special", "special")]
    [InlineData("/api/files/a/b/c.txt", "files path=a/b/c.txt")]
    [InlineData("/api/files/a%2Fb%41", "files path=a%2Fb%41")] // Decoded by the server, and not once more.
    [InlineData("/api/items/a%2Fb", "byName name=a%2Fb")]
    [InlineData("/api/optional", "optional")]
    [InlineData("/api/optional/x", "optional tag=x")]
    [InlineData("/api/codes/ab12", "codes code=ab12")]
    [InlineData("/api/nothing", null)]
    [InlineData("/items", null)]
    [InlineData("/api", null)]
    public void The_more_literal_template_wins(string path, string? found) => Match(path, "GET",
        Http("byName", "items/{name}"),
        Http("byNumber", "items/{id:int}"),
        Http("special", "items/special"),
        Http("items", null),
        Http("files", "files/{*path}"),
        Http("optional", "optional/{tag:alpha?}"),
        Http("codes", "codes/{code:regex(^[a-z]{{2}}[0-9]{{2}}$)}")).Should().Be(found);

    [Theory]
    [InlineData("GET", "read")]
    [InlineData("POST", "write")]
    [InlineData("DELETE", null)]
    [InlineData("HEAD", null)] // As in the cloud: a GET does not stand for it.
    public void Functions_share_a_path_by_their_methods(string method, string? found) =>
        Match("/api/thing", method, Http("read", "thing", "get"), Http("write", "thing", "post", "put")).Should().Be(found);

    [Fact]
    public void Without_methods_every_method_is_taken() => Match("/api/any", "PROPFIND", Http("any", null)).Should().Be("any");

    [Fact]
    public void An_empty_prefix_serves_from_the_root()
    {
        var (table, _) = RouteTable.Of("", [Http("root", "{*all}")]);
        Text(table.Match(Context("/", "GET"))).Should().Be("root");
        Text(table.Match(Context("/x/y", "GET"))).Should().Be("root all=x/y");
    }

    [Fact]
    public void A_default_value_stands_in_for_a_missing_parameter() => Match("/api/page", "GET", Http("page", "page/{number=1}")).Should().Be("page number=1");

    [Theory]
    [InlineData("x/{id", "\"api/x/{id\" is no route")]
    [InlineData("x/{id:prime}", "there is no constraint \"prime\"")]
    public void A_wrong_route_is_told_of_and_the_others_work(string route, string problem)
    {
        var (table, problems) = RouteTable.Of("api", [Http("wrong", route), Http("right", null)]);

        problems.Should().ContainSingle().Which.Message.Should().Contain(problem).And.Contain("/app/wrong/function.json");
        Text(table.Match(Context("/api/right", "GET"))).Should().Be("right");
    }

    [Theory]
    [InlineData("^(a+)+$")]
    [InlineData("^(a|aa)+$")]
    [InlineData("^(.*a){{20}}$")]
    [InlineData("^(a?){{30}}a{{30}}$")]
    public async Task A_regular_expression_in_a_route_takes_time_linear_in_the_path(string expression)
    {
        var (table, problems) = RouteTable.Of("api", [Http("codes", $"codes/{{code:regex({expression})}}")]);
        problems.Should().BeEmpty();

        // Backtracking would need longer than the test run.
        var match = Task.Run(() => table.Match(Context("/api/codes/" + new string('a', 5000) + "!", "GET")));

        (await match.WaitAsync(Eventually.Deadline)).Should().BeNull();
    }

    [Theory]
    [InlineData("^(?=a)b$", "look-around")]
    [InlineData("^(a)\\1$", "back-reference")]
    [InlineData("^(a$", "Not enough )'s")]
    public void A_regular_expression_that_is_wrong_or_has_no_linear_time_is_refused(string expression, string problem) =>
        RouteTable.Of("api", [Http("codes", $"codes/{{code:regex({expression})}}")]).Problems.Should().ContainSingle().Which.Message.Should().Contain(problem);

    [Fact]
    public void The_same_route_twice_is_told_of()
    {
        var (table, problems) = RouteTable.Of("api", [Http("one", "x/{a}", "get"), Http("two", "x/{a}")]);

        problems.Should().ContainSingle(p => p.Function == "two").Which.Message.Should().Contain("one has the same route");
        Text(table.Match(Context("/api/x/1", "GET"))).Should().Be("one a=1");
    }

    [Fact]
    public void The_hosts_own_addresses_are_no_functions() =>
        RouteTable.Of("", [Http("wrong", "admin/x")]).Problems.Should().ContainSingle().Which.Message.Should().Contain("/admin");

    private static string? Match(string path, string method, params FunctionDefinition[] functions)
    {
        var (table, problems) = RouteTable.Of("api", functions);
        problems.Should().BeEmpty();
        return Text(table.Match(Context(path, method)));
    }

    private static string? Text(RouteMatch? match) =>
        match is { } m ? string.Join(' ', [m.Route.Function.Name, .. m.Values.Where(v => v.Value is not null).Select(v => $"{v.Key}={v.Value}")]) : null;

    private static DefaultHttpContext Context(string path, string method) => new() { Request = { Path = new(path), Method = method } };

    private static FunctionDefinition Http(string name, string? route, params string[] methods)
    {
        var properties = new JsonObject();
        if (route is not null)
            properties["route"] = route;
        if (methods.Length > 0)
            properties["methods"] = new JsonArray([.. methods.Select(m => (JsonNode)m)]);
        return new(name, [new("req", "httpTrigger", BindingDirection.In, properties)]) { Folder = $"/app/{name}" };
    }
}
