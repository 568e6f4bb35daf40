using System.Text.Json.Nodes;
using EdgeOperator.Hub.Rest;
using EdgeOperator.Portal.Components;
using EdgeOperator.Portal.Hosting;
using EdgeOperator.Portal.Hub;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeOperator.Portal.Tests;

/// <summary>What lists and pages read of the store, with many rows of everything in it.</summary>
public sealed class RowsReadTests(ManyRows hub) : IClassFixture<ManyRows>
{
    /// <summary>A page of 100 items, which may have two documents more each, and what says who calls.</summary>
    private const int MostOfCall = 310;

    /// <summary>Up to four calls for pages of 50 items.</summary>
    private const int MostOfPage = 310;

    /// <summary>Lists whose rows are in the store, by what their items are named by.</summary>
    private static readonly (string Path, string Key, string? After)[] Lists =
    [
        ("api/v1/devices", "deviceId", null), ("api/v1/fleets", "name", null), ("api/v1/rollouts", "fleet", null), ("api/v1/rollouts?needsAttention=true", "fleet", null),
        ($"api/v1/rollouts/{ManyRows.Fleet}/devices", "deviceId", null), ("api/v1/repositories", "name", null), ("api/v1/alerts", "name", null), ("api/v1/users", "name", null), ("api/v1/tokens", "id", null),
        ("api/v1/enrollments?state=Pending", "id", "after"), ("api/v1/events/latest", "sequence", "before"), ("api/v1/audit", "sequence", "after"), ("api/v1/audit/latest", "sequence", "before"), ("api/v1/telemetry", "sequence", "after"),
    ];

    public static TheoryData<string, string, string?> EveryList()
    {
        var data = new TheoryData<string, string, string?>();
        foreach (var (path, key, after) in Lists)
            data.Add(path, key, after);
        return data;
    }

    [Theory]
    [MemberData(nameof(EveryList))]
    public async Task A_list_has_all_its_items_in_pages_of_which_each_reads_its_own_rows(string path, string key, string? after)
    {
        var found = new List<string>();
        string? next = null;
        do
        {
            var (answer, rows) = await CallAsync("GET", HubCall.Query(path, (after ?? "continuation", next)).Replace("?needsAttention=true?", "?needsAttention=true&", StringComparison.Ordinal).Replace("?state=Pending?", "?state=Pending&", StringComparison.Ordinal));
            answer.Status.Should().Be(200, path);
            rows.Should().BeLessThan(MostOfCall, path);
            var items = (answer.Body as JsonArray ?? answer.Body!["items"]!.AsArray()).Select(item => item![key]!.ToString()).ToList();
            items.Count.Should().BeLessThanOrEqualTo(100);
            found.AddRange(items);
            next = after is null ? (string?)answer.Body!["continuation"] : items.LastOrDefault();
        }
        while (next is not null);

        found.Should().OnlyHaveUniqueItems().And.HaveCountGreaterThanOrEqualTo(ManyRows.Count, path);
    }

    [Theory]
    [InlineData("enrollmentGroups/query", "enrollmentGroupId")]
    [InlineData("enrollments/query", "registrationId")]
    [InlineData("registrations/line/query", "registrationId")]
    [InlineData("devices/query", "deviceId")]
    public async Task A_query_has_all_its_items_in_pages_of_which_each_reads_its_own_rows(string path, string key)
    {
        var found = new List<string>();
        string? next = null;
        do
        {
            var (answer, rows) = await CallAsync("POST", path, next);
            rows.Should().BeLessThan(MostOfCall, path);
            found.AddRange(answer.Body!.AsArray().Select(item => item![key]!.ToString()));
            next = answer.Continuation;
        }
        while (next is not null);

        found.Should().OnlyHaveUniqueItems().And.HaveCount(ManyRows.Count, path);
    }

    [Fact]
    public async Task No_route_that_changes_nothing_reads_more_than_a_page_of_rows()
    {
        // What it counts devices by is one look at all of them, for everybody.
        await CallAsync("GET", "api/v1/overview");
        var called = 0;
        foreach (var route in hub.Services.GetRequiredService<RouteTable>().All.Where(route => route.IsRead && route.Method != "HEAD" && route.Description?.ContentType is null))
        {
            var path = string.Join('/', route.Pattern.Split('/').Select(segment => segment switch
            {
                "{device}" => ManyRows.Device,
                "{fleet}" => ManyRows.Fleet,
                "{repository}" => ManyRows.Repository,
                "{}" or "{user}" => ManyRows.Device,
                _ when segment.StartsWith('{') => "none",
                _ => segment,
            }));
            var (_, rows) = await CallAsync(route.Method, path);
            rows.Should().BeLessThan(route.Pattern is "devices" or "configurations" or "jobs/v2/query" ? 1010 : MostOfCall, $"{route.Method} {route.Pattern}");
            called++;
        }

        called.Should().BeGreaterThan(25);
    }

    [Fact]
    public async Task No_page_reads_more_than_a_page_of_rows()
    {
        var pages = typeof(PortalPage).Assembly.GetTypes().SelectMany(type => type.GetCustomAttributes(typeof(RouteAttribute), false).Cast<RouteAttribute>().Select(route => (Page: type, Path: route.Template))).ToList();
        await RenderAsync(pages.Single(page => page.Path == "/portal").Page, "/portal");

        var whole = new List<string>();
        foreach (var (page, template) in pages)
        {
            var path = template.Replace("devices/{Name}", $"devices/{ManyRows.Device}", StringComparison.Ordinal).Replace("fleets/{Name}", $"fleets/{ManyRows.Fleet}", StringComparison.Ordinal);
            var (status, rows) = await RenderAsync(page, path);
            status.Should().BeOneOf([200, 303, 404], path);

            // Which fleets select a device no index knows: as many are looked at as an answer may have.
            rows.Should().BeLessThan(template.EndsWith("devices/{Name}/plan", StringComparison.Ordinal) ? 1400 : MostOfPage, path);
            if (rows >= 20)
                whole.Add(template);
        }

        whole.Should().Contain(["/portal/access", "/portal/alerts", "/portal/audit", "/portal/devices", "/portal/events", "/portal/fleets", "/portal/fleets/{Name}/devices", "/portal/repositories"]);
    }

    private async Task<(HubAnswer Answer, int Rows)> CallAsync(string method, string path, string? continuation = null)
    {
        var body = method == "GET" ? null : new JsonObject { ["query"] = path == "devices/query" ? "SELECT * FROM devices" : "*" };
        hub.Counted.Rows = 0;
        var answer = await hub.Services.GetRequiredService<IHubApi>().SendAsync(new(method, path, body) { Continuation = continuation }, hub.Token, null, default);
        return (answer, hub.Counted.Rows);
    }

    private async Task<(int Status, int Rows)> RenderAsync(Type page, string path)
    {
        await using var scope = hub.Services.CreateAsyncScope();
        using var body = new MemoryStream();
        var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        (http.Request.Scheme, http.Request.Host, http.Request.Method, http.Request.Path) = ("https", new("hub.example.com"), "GET", path);
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = path;
        http.Request.Headers.Cookie = $"__Secure-edgeop-session={hub.Token}";
        http.Response.Body = body;
        hub.Counted.Rows = 0;
        await scope.ServiceProvider.GetRequiredService<PortalSession>().OpenAsync(http, null);
        await new RazorComponentResult(page, path.Contains("/devices/", StringComparison.Ordinal) || path.Contains("/fleets/", StringComparison.Ordinal) ? new Dictionary<string, object?> { ["Name"] = path.Split('/')[3] } : [])
        {
            PreventStreamingRendering = true,
        }.ExecuteAsync(http);
        body.Length.Should().BeGreaterThan(100, path);
        return (http.Response.StatusCode, hub.Counted.Rows);
    }
}
