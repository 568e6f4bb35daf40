using System.Net;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Security;

/// <summary>What users of each role may do by the API.</summary>
[Collection(SharedHub.Name)]
public sealed class RoleTests(SharedHub shared)
{
    private HubUnderTest Hub => shared.Hub;

    [Fact]
    public async Task A_viewer_looks_and_changes_nothing()
    {
        await Hub.CreateDeviceAsync("seen-by-viewer");
        var viewer = await Hub.BearerAsync("viewer-1", "Viewer");

        foreach (var path in (string[])["api/v1/devices", "api/v1/devices/seen-by-viewer", "api/v1/devices/seen-by-viewer/twin", "api/v1/overview", "api/v1/events/latest", "api/v1/enrollments?state=Pending"])
            (await Hub.CallAsync("GET", path, null, viewer)).Status.Should().Be(HttpStatusCode.OK, path);
        foreach (var (method, path, body) in ((string, string, string?)[])
        [
            ("PATCH", "api/v1/devices/seen-by-viewer/labels", """{"a":"b"}"""), ("PATCH", "api/v1/devices/seen-by-viewer/twin", """{"tags":{"a":"b"}}"""),
            ("POST", "api/v1/devices/seen-by-viewer/methods/reconcile", "{}"), ("POST", "api/v1/devices/seen-by-viewer/decommission", """{"force":true}"""),
            ("GET", "api/v1/devices/seen-by-viewer/logs?resource=EdgeModule/web", null), ("GET", "api/v1/audit", null), ("GET", "api/v1/audit/latest", null), ("GET", "api/v1/users", null),
            ("POST", "api/v1/users", """{"name":"x","role":"Administrator"}"""), ("GET", "api/v1/policies", null), ("DELETE", "devices/seen-by-viewer", null), ("PUT", "enrollments/x", "{}"),
        ])
            (await Hub.CallAsync(method, path, body, viewer)).Status.Should().Be(HttpStatusCode.Forbidden, $"{method} {path}");
        (await Hub.CallAsync("GET", "api/v1/devices/seen-by-viewer")).Body!["labels"]!.AsObject().Should().BeEmpty();
    }

    [Fact]
    public async Task The_keys_of_devices_are_not_shown_to_a_viewer()
    {
        await Hub.CreateDeviceAsync("keyed");
        var viewer = await Hub.BearerAsync("viewer-2", "Viewer");

        (await Hub.CallAsync("GET", "devices/keyed", null, viewer)).Status.Should().Be(HttpStatusCode.Forbidden);
        (await Hub.CallAsync("GET", "api/v1/devices/keyed", null, viewer)).Body!.ToJsonString().Should().NotContain("Key");
    }

    [Fact]
    public async Task An_operator_steers_devices_and_does_not_administrate()
    {
        await Hub.CreateDeviceAsync("steered");
        var user = await Hub.BearerAsync("operator-1", "Operator");

        (await Hub.CallAsync("PATCH", "api/v1/devices/steered/labels", """{"a":"b"}""", user)).Status.Should().Be(HttpStatusCode.OK);
        (await Hub.CallAsync("POST", "api/v1/devices/steered/methods/reconcile", "{}", user)).Status.Should().Be(HttpStatusCode.NotFound, "it is not connected");
        (await Hub.CallAsync("GET", "api/v1/devices/steered/exec?resource=Host/host", null, user)).Status.Should().Be(HttpStatusCode.Forbidden);
        (await Hub.CallAsync("GET", "api/v1/devices/steered/console?resource=VirtualMachine/edge", null, user)).Status.Should().Be(HttpStatusCode.Forbidden);
        (await Hub.CallAsync("GET", "api/v1/users", null, user)).Status.Should().Be(HttpStatusCode.Forbidden);
        (await Hub.CallAsync("GET", "api/v1/audit/latest", null, user)).Status.Should().Be(HttpStatusCode.Forbidden);
        (await Hub.CallAsync("GET", "api/v1/users", null, user)).Body!.ToJsonString().Should().Contain("this takes the role Administrator, and yours is Operator");
    }

    [Fact]
    public async Task Who_is_removed_or_has_another_role_now_is_so_at_once()
    {
        var user = await Hub.BearerAsync("demoted", "Operator");

        await Hub.CallAsync("PATCH", "api/v1/users/demoted", """{"role":"Viewer"}""");
        (await Hub.CallAsync("GET", "api/v1/me", null, user)).Body!["role"]!.GetValue<string>().Should().Be("Viewer");
        await Hub.CallAsync("DELETE", "api/v1/users/demoted");

        (await Hub.CallAsync("GET", "api/v1/me", null, user)).Status.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_last_administrator_stays_one()
    {
        (await Hub.CallAsync("PATCH", "api/v1/users/admin", """{"role":"Viewer"}""")).Status.Should().Be(HttpStatusCode.BadRequest);
        (await Hub.CallAsync("DELETE", "api/v1/users/admin")).Status.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Who_logs_out_has_no_token_any_more()
    {
        var user = await Hub.BearerAsync("leaving-user", "Viewer");

        (await Hub.CallAsync("POST", "api/v1/logout", null, user)).Status.Should().Be(HttpStatusCode.NoContent);

        (await Hub.CallAsync("GET", "api/v1/me", null, user)).Status.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_token_for_a_program_has_at_most_the_role_of_its_maker_and_makes_no_other_one()
    {
        var user = await Hub.BearerAsync("token-maker", "Operator");

        (await Hub.CallAsync("POST", "api/v1/tokens", """{"name":"ci","role":"Administrator","days":1}""", user)).Status.Should().Be(HttpStatusCode.Forbidden);
        var made = (await Hub.CallAsync("POST", "api/v1/tokens", """{"name":"ci","role":"Viewer","days":1}""", user)).Body!;
        var program = $"Bearer {made["token"]!.GetValue<string>()}";

        (await Hub.CallAsync("GET", "api/v1/me", null, program)).Body!["role"]!.GetValue<string>().Should().Be("Viewer");
        (await Hub.CallAsync("POST", "api/v1/tokens", """{"name":"more","role":"Viewer","days":1}""", program)).Status.Should().Be(HttpStatusCode.Forbidden);
        (await Hub.CallAsync("GET", "api/v1/tokens", null, user)).Body!["items"]!.AsArray().Should().ContainSingle().Which!["name"]!.GetValue<string>().Should().Be("ci");
        var other = await Hub.BearerAsync("token-stranger", "Operator");
        (await Hub.CallAsync("DELETE", $"api/v1/tokens/{made["id"]!.GetValue<string>()}", null, other)).Status.Should().Be(HttpStatusCode.NotFound);
        (await Hub.CallAsync("DELETE", $"api/v1/tokens/{made["id"]!.GetValue<string>()}", null, user)).Status.Should().Be(HttpStatusCode.NoContent);
        (await Hub.CallAsync("GET", "api/v1/me", null, program)).Status.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("""{"name":"","role":"Viewer"}""")]
    [InlineData("""{"name":"a b","role":"Viewer"}""")]
    [InlineData("""{"name":"<script>","role":"Viewer"}""")]
    [InlineData("""{"name":"admin","role":"Viewer"}""")]
    [InlineData("""{"name":"someone","role":"Root"}""")]
    [InlineData("""{"name":"someone"}""")]
    public async Task A_user_that_can_t_be_made_is_refused(string body) =>
        (await Hub.CallAsync("POST", "api/v1/users", body)).Status.Should().Be(HttpStatusCode.BadRequest);

    [Fact]
    public async Task The_latest_audit_entries_and_events_come_first_and_page_by_page()
    {
        await Hub.CreateDeviceAsync("latest");
        await Hub.CallAsync("PATCH", "api/v1/devices/latest/labels", """{"a":"1"}""");
        await Eventually.TrueAsync("the events are stored", async () => (await Hub.CallAsync("GET", "api/v1/events/latest?device=latest")).Body!.AsArray().Count >= 2);

        var events = (await Hub.CallAsync("GET", "api/v1/events/latest?device=latest")).Body!.AsArray();
        var before = (await Hub.CallAsync("GET", $"api/v1/events/latest?device=latest&limit=1&before={events[0]!["sequence"]}")).Body!.AsArray();
        var audit = (await Hub.CallAsync("GET", "api/v1/audit/latest?limit=2")).Body!.AsArray();

        events[0]!["type"]!.GetValue<string>().Should().Be("updateTwin");
        before.Should().ContainSingle().Which!["type"]!.GetValue<string>().Should().Be("createDeviceIdentity");
        audit[0]!["sequence"]!.GetValue<long>().Should().BeGreaterThan(audit[1]!["sequence"]!.GetValue<long>());
    }

    [Fact]
    public async Task Devices_that_are_not_well_are_counted_and_named_with_the_reason()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.CreateDeviceAsync("well");
        await hub.CreateDeviceAsync("unwell");
        await hub.ReportAsync("well", """{"edgeoperator":{"conditions":{"Ready":{"status":"True","reason":"Ready","message":"all is well"}}}}""");
        await hub.ReportAsync("unwell", """{"edgeoperator":{"conditions":{"Ready":{"status":"False","reason":"Unhealthy","message":"EdgeModule/web is exited"}}}}""");

        var overview = (await hub.CallAsync("GET", "api/v1/overview")).Body!;

        ((long)overview["devices"]!, (long)overview["ready"]!, (long)overview["notReady"]!, (long)overview["needAttention"]!).Should().Be((2, 1, 1, 1));
        var first = overview["attention"]![0]!;
        ((string?)first["deviceId"], (string?)first["problem"], (string?)first["reason"], (string?)first["message"]).Should().Be(("unwell", "NotReady", "Unhealthy", "EdgeModule/web is exited"));
        first["since"].Should().NotBeNull();
    }

    [Theory]
    [InlineData("""{"edgeoperator":"x"}""")]
    [InlineData("""{"edgeoperator":{"conditions":"x","counts":7}}""")]
    [InlineData("""{"edgeoperator":{"conditions":{"Ready":[1],"Stalled":{"status":{"a":1}}}}}""")]
    public async Task Whatever_a_device_reports_devices_can_be_listed(string report)
    {
        await Hub.CreateDeviceAsync("odd");
        await Hub.ReportAsync("odd", report);

        (await Hub.CallAsync("GET", "api/v1/devices?where=deviceId%20=%20'odd'")).Status.Should().Be(HttpStatusCode.OK);
        (await Hub.CallAsync("GET", "api/v1/overview")).Status.Should().Be(HttpStatusCode.OK);
        await Hub.CallAsync("DELETE", "devices/odd", match: "*");
    }
}
