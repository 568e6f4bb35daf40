using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using EdgeOperator.Hub.Rest;
using EdgeOperator.Hub.Tests.Cli;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Security;

/// <summary>Roles that are limited to fleets: what of the hub there is for them, by every route.</summary>
public sealed class FleetRoleTests(LoggedInHub logged) : IClassFixture<LoggedInHub>, IAsyncLifetime
{
    /// <summary>Every route that such a role reaches. Whoever adds one decides here what it is about.</summary>
    private static readonly string[] Reached =
    [
        "Caller DELETE api/v1/tokens/{token}", "Caller DELETE api/v1/views/{view}", "Caller GET api/v1/me", "Caller GET api/v1/tokens", "Caller GET api/v1/views", "Caller POST api/v1/logout", "Caller POST api/v1/tokens", "Caller PUT api/v1/views/{view}",
        "Device GET api/v1/devices/{device}", "Device GET api/v1/devices/{device}/console", "Device GET api/v1/devices/{device}/exec", "Device GET api/v1/devices/{device}/figures", "Device GET api/v1/devices/{device}/logs", "Device GET api/v1/devices/{device}/snapshot",
        "Device GET api/v1/devices/{device}/support-bundle", "Device GET api/v1/devices/{device}/twin", "Device PATCH api/v1/devices/{device}/twin", "Device POST api/v1/devices/{device}/decommission", "Device POST api/v1/devices/{device}/methods/{method}",
        "Fleet GET api/v1/fleets/{fleet}", "Fleet GET api/v1/fleets/{fleet}/plan", "Fleet GET api/v1/rollouts/{fleet}", "Fleet GET api/v1/rollouts/{fleet}/devices", "Fleet GET api/v1/rollouts/{fleet}/history", "Fleet POST api/v1/fleets/{fleet}/plan",
        "Fleet POST api/v1/rollouts/{fleet}/abort", "Fleet POST api/v1/rollouts/{fleet}/approve", "Fleet POST api/v1/rollouts/{fleet}/pause", "Fleet POST api/v1/rollouts/{fleet}/resume", "Fleet POST api/v1/rollouts/{fleet}/rollback", "Fleet POST api/v1/rollouts/{fleet}/skip",
        "Many GET api/v1/alerts", "Many GET api/v1/devices", "Many GET api/v1/events", "Many GET api/v1/events/latest", "Many GET api/v1/fleets", "Many GET api/v1/overview", "Many GET api/v1/repositories", "Many GET api/v1/repositories/{repository}", "Many GET api/v1/rollouts",
    ];

    private HubUnderTest Hub => logged.Hub;

    public async Task InitializeAsync()
    {
        if ((await Hub.CallAsync("GET", "api/v1/fleets/tills")).Status == HttpStatusCode.OK)
            return;
        foreach (var role in (string[])["till", "scale"])
        {
            await Hub.CreateDeviceAsync($"{role}-1");
            (await Hub.CallAsync("PATCH", $"api/v1/devices/{role}-1/labels", $$"""{"role":"{{role}}"}""")).Status.Should().Be(HttpStatusCode.OK);
            await Hub.ReportAsync($"{role}-1", """{"edgeoperator":{"conditions":{"Ready":{"status":"False","reason":"Unhealthy","message":"web is exited"}}}}""");
            var spec = new JsonObject { ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["role"] = role } }, ["source"] = new JsonObject { ["ref"] = new JsonObject { ["commit"] = new string('a', 40) } } };
            (await Hub.CallAsync("PUT", $"api/v1/fleets/{role}s", new JsonObject { ["spec"] = spec }.ToJsonString())).Status.Should().Be(HttpStatusCode.OK);
            await Eventually.TrueAsync("the rollout has begun", async () => (await Hub.CallAsync("GET", $"api/v1/rollouts/{role}s")).Status == HttpStatusCode.OK);
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public void A_route_is_out_of_reach_unless_it_is_named_here() =>
        Routes().Where(route => route.Reach != RouteReach.Hub).Select(route => $"{route.Reach} {route.Method} {route.Pattern}").Order(StringComparer.Ordinal).Should().Equal(Reached);

    [Fact]
    public async Task The_greatest_role_of_one_fleet_finds_nothing_of_another_one_by_any_route()
    {
        var token = await LimitedAsync("every-route", "Administrator", "tills");
        var before = (await Hub.CallAsync("GET", "api/v1/devices/scale-1/twin")).Body!.ToJsonString();

        foreach (var route in Routes().Where(route => !route.IsOpen && route is not ({ Pattern: "api/v1/events" } or { Pattern: "api/v1/logout" })))
        {
            var path = string.Join('/', route.Pattern.Split('/').Select(segment => segment switch { "{device}" => "scale-1", "{fleet}" => "scales", _ when segment.StartsWith('{') => "scale-1", _ => segment }));
            var (status, answer) = await Hub.CallAsync(route.Method, path, route.Method is "GET" or "HEAD" or "DELETE" ? null : "{}", token);
            if (route.Method == "HEAD" || route.Reach == RouteReach.Hub)
                status.Should().Be(HttpStatusCode.Forbidden, $"{route.Method} {path}");
            else if (route.Reach is RouteReach.Device or RouteReach.Fleet)
                status.Should().Be(HttpStatusCode.NotFound, $"{route.Method} {path}");
            else if (route.Method == "GET" && route.Pattern != "api/v1/repositories/{repository}")
                (status, answer!.ToJsonString()).Should().Match<(HttpStatusCode Status, string Body)>(found => found.Status == HttpStatusCode.OK && !found.Body.Contains("scale"), $"{route.Method} {path}");
        }

        (await Hub.CallAsync("GET", "api/v1/devices/scale-1/twin")).Body!.ToJsonString().Should().Be(before);
    }

    [Fact]
    public async Task An_operator_of_a_fleet_sees_and_steers_it_and_its_devices_alone()
    {
        var token = await LimitedAsync("olga", "Operator", "tills", "not-there-yet");

        var me = (await Hub.CallAsync("GET", "api/v1/me", null, token)).Body!;
        ((string?)me["role"], me["fleets"]!.AsArray().Count).Should().Be(("Operator", 2));
        (await NamesAsync("devices", "deviceId", token)).Should().Equal("till-1");
        (await NamesAsync("devices?where=tags.labels.role%20=%20'scale'", "deviceId", token)).Should().BeEmpty();
        (await NamesAsync("fleets", "name", token)).Should().Equal("tills");
        (await NamesAsync("rollouts", "fleet", token)).Should().Equal("tills");
        var overview = (await Hub.CallAsync("GET", "api/v1/overview", null, token)).Body!;
        ((long)overview["devices"]!, (long)overview["notReady"]!, (string?)overview["attention"]!.AsArray().Single()!["deviceId"]).Should().Be((1, 1, "till-1"));
        await Eventually.TrueAsync("events of the device are there", async () => (await Hub.CallAsync("GET", "api/v1/events/latest", null, token)).Body!.AsArray().Any(happened => (string?)happened!["deviceId"] == "till-1"));

        (await Hub.CallAsync("POST", "api/v1/rollouts/tills/pause", "{}", token)).Status.Should().Be(HttpStatusCode.OK);
        (await Hub.CallAsync("POST", "api/v1/devices/till-1/methods/reconcile", "{}", token)).Status.Should().Be(HttpStatusCode.NotFound, "it is not connected");
        (await Hub.CallAsync("PATCH", "api/v1/devices/till-1/twin", """{"properties":{"desired":{"interval":5}},"tags":{"note":"mine"}}""", token)).Status.Should().Be(HttpStatusCode.OK);
        (await Hub.CallAsync("GET", "api/v1/devices/till-1/exec?resource=Host/device", null, token)).Status.Should().Be(HttpStatusCode.Forbidden, "commands are for administrators");

        // Neither takes a device out of a fleet nor gives itself another one.
        foreach (var (method, path, body) in ((string, string, string)[])
        [
            ("PATCH", "api/v1/devices/till-1/labels", """{"role":"scale"}"""), ("PATCH", "api/v1/devices/till-1/twin", """{"tags":{"labels":null}}"""),
            ("PATCH", "api/v1/devices/till-1/twin", """{"properties":{"desired":{"edgeoperator":{"labels":{"role":"scale"}}}}}"""), ("PATCH", "api/v1/devices/till-1/twin", """{"properties":{"desired":{"edgeoperator":null}}}"""),
            ("PATCH", "api/v1/devices/till-1/twin", """{"properties":{"desired":{"edgeoperator":{"sources":{"site":{"ref":{"commit":"b"}}}}}}}"""), ("PUT", "twins/till-1", """{"properties":{"desired":{}}}"""),
            ("PUT", "jobs/v2/mine", "{}"), ("PUT", "configurations/mine", "{}"),
            ("PUT", "api/v1/fleets/tills", """{"spec":{"selector":{},"source":{"ref":{"commit":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}}}"""),
            ("PATCH", "api/v1/users/olga", """{"role":"Operator"}"""), ("POST", "api/v1/tokens", """{"name":"more","role":"Viewer","days":1,"fleets":["scales"]}"""),
        ])
            (await Hub.CallAsync(method, path, body, token)).Status.Should().Be(HttpStatusCode.Forbidden, $"{method} {path}");

        var program = (await Hub.CallAsync("POST", "api/v1/tokens", """{"name":"ci","role":"Viewer","days":1}""", token)).Body!;
        (await NamesAsync("devices", "deviceId", $"Bearer {(string?)program["token"]}")).Should().Equal("till-1");
        (await Hub.CallAsync("GET", "api/v1/tokens")).Body!["items"]!.AsArray().Single(item => (string?)item!["name"] == "ci" && (string?)item["user"] == "olga")!["fleets"]!.AsArray().Select(fleet => (string?)fleet).Should().Equal("not-there-yet", "tills");
    }

    [Fact]
    public async Task Events_as_they_happen_are_those_of_the_fleets_devices()
    {
        var token = await LimitedAsync("watcher", "Viewer", "tills");
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"https://{Hub.Host}/api/v1/events?type=updateTwin"));
        request.Headers.TryAddWithoutValidation("Authorization", token);
        using var answer = await Hub.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());

        await Hub.CallAsync("PATCH", "api/v1/devices/scale-1/twin", """{"properties":{"desired":{"seen":1}}}""");
        await Hub.CallAsync("PATCH", "api/v1/devices/till-1/twin", """{"properties":{"desired":{"seen":1}}}""");

        string? line;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((line = await lines.ReadLineAsync(deadline.Token))?.StartsWith("data:", StringComparison.Ordinal) == false)
        {
        }

        line.Should().Contain("till-1").And.NotContain("scale-1");
    }

    [Fact]
    public async Task A_role_is_limited_and_widened_from_the_command_line_at_once_and_stands_in_the_audit_log()
    {
        var (_, made, _) = await logged.Edgeop.RunAsync(["users", "create", "nina", "--role", "operator", "--fleet", "scales", "-o", "json"]);
        var token = await Hub.LoginAsync("nina", (string)JsonNode.Parse(made)!["oneTimePassword"]!, Accounts.Password);
        (await NamesAsync("devices", "deviceId", token)).Should().Equal("scale-1");

        (await logged.Edgeop.OkAsync("users", "role", "nina", "--role", "Viewer", "--fleet", "tills")).Should().Contain("nina is Viewer of tills now.");
        (await NamesAsync("devices", "deviceId", token)).Should().Equal("till-1");
        (await logged.Edgeop.OkAsync("users", "list")).Should().MatchRegex(@"nina\s+Viewer\s+tills");
        (await logged.Edgeop.OkAsync("tokens", "create", "for ci", "--role", "Viewer", "--fleet", "tills", "--days", "1")).Should().Contain("is not shown again");
        (await logged.Edgeop.OkAsync("tokens", "list")).Should().MatchRegex(@"for ci\s+admin\s+Viewer\s+tills");
        (await logged.Edgeop.RunAsync(["tokens", "list"], width: 200)).Out.Should().MatchRegex(@"for ci.*in \d+h");
        (await logged.Edgeop.OkAsync("users", "role", "nina", "--role", "Viewer")).Should().Contain("nina is Viewer now.");
        (await NamesAsync("devices", "deviceId", token)).Should().Contain(["scale-1", "till-1"]);

        (await Hub.CallAsync("GET", "api/v1/audit/latest?limit=100")).Body!.AsArray().Should().Contain(entry => (string?)entry!["target"] == "api/v1/users/nina" && (string?)entry["actor"] == "user admin");
        (await logged.Edgeop.RunAsync(["users", "role", "nina", "--role", "Root"])).ExitCode.Should().Be(3);
        (await Hub.CallAsync("PATCH", "api/v1/users/admin", """{"role":"Administrator","fleets":["tills"]}""")).Status.Should().Be(HttpStatusCode.BadRequest, "somebody has to administrate the hub");
        (await Hub.CallAsync("PATCH", "api/v1/users/nina", """{"role":"Viewer","fleets":[]}""")).Status.Should().Be(HttpStatusCode.BadRequest);
        await logged.Edgeop.OkAsync("users", "delete", "nina");
    }

    private async Task<string> LimitedAsync(string name, string role, params string[] fleets)
    {
        var (status, made) = await Hub.CallAsync("POST", "api/v1/users", new JsonObject { ["name"] = name, ["role"] = role, ["fleets"] = new JsonArray([.. fleets.Select(fleet => (JsonNode)fleet)]) }.ToJsonString());
        status.Should().Be(HttpStatusCode.OK, made?.ToJsonString());
        return await Hub.LoginAsync(name, (string)made!["oneTimePassword"]!, Accounts.Password);
    }

    private async Task<string?[]> NamesAsync(string path, string field, string token) =>
        [.. (await Hub.CallAsync("GET", $"api/v1/{path}", null, token)).Body!["items"]!.AsArray().Select(item => (string?)item![field])];

    // Routes name methods, and call none of them here.
    private static IEnumerable<ServiceRoute> Routes() => typeof(ServiceRoute).Assembly.GetTypes()
        .Select(type => (Type: type, Property: type.GetProperty("Routes"))).Where(found => found.Property?.PropertyType == typeof(IEnumerable<ServiceRoute>))
        .SelectMany(found => (IEnumerable<ServiceRoute>)found.Property!.GetValue(RuntimeHelpers.GetUninitializedObject(found.Type))!);
}
