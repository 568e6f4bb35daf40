using System.Net;
using EdgeOperator.Hub.Tests;
using EdgeOperator.Portal.Actions;
using EdgeOperator.Portal.Tests.Browser;

namespace EdgeOperator.Portal.Tests;

/// <summary>Who sees which page, and who can do what.</summary>
[Collection(SharedPortal.Name)]
public sealed class AuthorizationTests(SharedPortal shared)
{
    private static readonly string[] Pages =
        ["", "devices", "devices/till-00001", "devices/till-00001/twin", "devices/till-00001/logs?resource=EdgeModule/web", "fleets", "fleets/scales", "fleets/scales/devices", "fleets/scales/plan", "devices/till-00001/plan", "repositories", "devices/till-00001/check", "alerts", "enrollments", "events", "audit", "access"];

    private PortalUnderTest Portal => shared.Portal;

    [Fact]
    public async Task Nobody_gets_further_than_the_sign_in()
    {
        var client = await Portal.ClientAsync(null);

        foreach (var page in (string[])[.. Pages, "live/events", "live/logs/till-00001?resource=EdgeModule/web", "no-such-page"])
        {
            var (status, body, location) = await client.GetAsync(page);
            status.Should().Be(HttpStatusCode.Redirect, page);
            location.Should().StartWith("/portal/sign-in", page);
            body.Should().BeEmpty();
        }

        foreach (var action in PortalAction.All.Keys)
            (await client.PostAsWrittenAsync("do", [("action", action), ("device", "till-00001")])).Location.Should().StartWith("/portal/sign-in", action);
    }

    [Theory]
    [InlineData("vera", HttpStatusCode.Forbidden)]
    [InlineData("otto", HttpStatusCode.Forbidden)]
    [InlineData("admin", HttpStatusCode.OK)]
    public async Task Each_role_sees_its_pages(string user, HttpStatusCode audit)
    {
        var client = await Portal.ClientAsync(user);

        foreach (var page in Pages)
        {
            var (status, body, _) = await client.GetAsync(page);
            status.Should().Be(page == "audit" ? audit : HttpStatusCode.OK, page);
            body.Should().Contain("</html>", page);
        }
    }

    [Fact]
    public async Task A_viewer_sees_no_button_that_changes_a_device_and_presses_none()
    {
        await Portal.Hub.CreateDeviceAsync("untouched");
        var client = await Portal.ClientAsync("vera");

        var page = (await client.GetAsync("devices/untouched")).Body;
        page.Should().NotContain("value=\"device.").And.Contain("Look at tags");
        (await client.GetAsync("devices/untouched/twin")).Body.Should().NotContain("<textarea");
        foreach (var action in (PortalAction[])[.. DeviceActions.All, .. EnrollmentActions.All, .. RolloutActions.All, .. RepositoryActions.All, .. AlertActions.All, AccessActions.CreateUser, AccessActions.RemoveUser, AccessActions.ResetPassword, AccessActions.ChangeRole])
        {
            var (status, _, location) = await client.PostAsync("do", FieldsOf(action, "untouched"), page: "access");
            (status, location).Should().Be((HttpStatusCode.SeeOther, "/portal/access"), action.Name);
            (await client.GetAsync("access")).Body.Should().Contain("class=\"notice bad\"").And.Contain(action.Least.ToString(), action.Name);
        }

        (await Portal.Hub.CallAsync("GET", "api/v1/rollouts/scales")).Body!["batches"]![0]!["isApproved"]!.GetValue<bool>().Should().BeFalse();
        (await Portal.Hub.CallAsync("GET", "api/v1/devices/untouched")).Body!["labels"]!.AsObject().Should().BeEmpty();
        (await Portal.Hub.CallAsync("GET", "api/v1/users")).Body!["items"]!.AsArray().Select(u => (string?)u!["name"]).Should().NotContain("mallory");
    }

    [Fact]
    public async Task An_operator_changes_devices_and_no_users()
    {
        await Portal.Hub.CreateDeviceAsync("touched");
        var client = await Portal.ClientAsync("otto");

        await client.PostAsync("do", FieldsOf(DeviceActions.Label, "touched"), page: "devices/touched");
        var page = (await client.GetAsync("devices/touched")).Body;
        await client.PostAsync("do", FieldsOf(AccessActions.CreateUser, "touched"), page: "access");

        page.Should().Contain("class=\"notice good\"").And.Contain("edgeop hub devices label touched site=berlin");
        (await Portal.Hub.CallAsync("GET", "api/v1/devices/touched")).Body!["labels"]!["site"]!.GetValue<string>().Should().Be("berlin");
        (await client.GetAsync("access")).Body.Should().Contain("takes the role Administrator").And.NotContain("Shared access policies");
        (await Portal.Hub.CallAsync("GET", "api/v1/users")).Body!["items"]!.AsArray().Select(u => (string?)u!["name"]).Should().NotContain("mallory");
    }

    [Fact]
    public async Task A_role_of_a_fleet_sees_its_devices_alone_and_no_page_of_the_hub_as_a_whole()
    {
        var (_, made) = await Portal.Hub.CallAsync("POST", "api/v1/users", """{"name":"fiona","role":"Operator","fleets":["scales"]}""");
        await Portal.Hub.LoginAsync("fiona", (string)made!["oneTimePassword"]!, Accounts.Password);
        var client = await Portal.ClientAsync("fiona");

        (await client.GetAsync("devices")).Body.Should().Contain("devices/till-00001\"").And.NotContain("devices/till-00000\"");
        (await client.GetAsync("fleets/scales")).Body.Should().Contain("Steer");
        var device = (await client.GetAsync("devices/till-00001")).Body;
        device.Should().Contain("device.reconcile").And.NotContain("device.label");
        (await client.GetAsync("devices/till-00000")).Status.Should().Be(HttpStatusCode.NotFound);
        (await client.GetAsync("devices/till-00000/twin")).Status.Should().Be(HttpStatusCode.NotFound);
        var overview = (await client.GetAsync("")).Body;
        overview.Should().Contain("Operator of scales").And.NotContain("href=\"enrollments\"").And.NotContain("href=\"audit\"");
        (await client.GetAsync("enrollments")).Status.Should().Be(HttpStatusCode.Forbidden);
        (await client.GetAsync("access")).Body.Should().Contain("for the fleets scales").And.NotContain("user.create");
        await client.PostAsync("do", FieldsOf(DeviceActions.Label, "till-00001"), page: "access");
        (await client.GetAsync("devices/till-00001")).Body.Should().Contain("class=\"notice bad\"").And.Contain("limited to the fleet scales");

        await (await Portal.ClientAsync("admin")).PostAsync("do", [("action", "user.role"), ("name", "fiona"), ("role", "Viewer"), ("fleets", "scales tills"), ("return", "access")], page: "access");
        (await client.GetAsync("")).Body.Should().Contain("Viewer of scales, tills");
    }

    [Fact]
    public async Task What_the_portal_changes_is_in_the_audit_log_under_the_user_s_name()
    {
        await Portal.Hub.CreateDeviceAsync("audited-by-portal");
        var client = await Portal.ClientAsync("otto");

        await client.PostAsync("do", FieldsOf(DeviceActions.Label, "audited-by-portal"), page: "devices/audited-by-portal");

        (await Portal.Hub.CallAsync("GET", "api/v1/audit/latest?limit=20")).Body!.AsArray().Should().Contain(e =>
            (string?)e!["actor"] == "user otto" && (string?)e["target"] == "api/v1/devices/audited-by-portal/labels" && ((string?)e["from"])!.StartsWith("127."));
        (await (await Portal.ClientAsync("admin")).GetAsync("audit")).Body.Should().Contain("api/v1/devices/audited-by-portal/labels");
    }

    [Fact]
    public async Task Who_is_another_role_now_sees_so_with_the_next_page_and_who_is_removed_is_signed_out()
    {
        await Portal.Hub.BearerAsync("paula", "Administrator");
        var client = await Portal.ClientAsync("paula");
        (await client.GetAsync("audit")).Status.Should().Be(HttpStatusCode.OK);

        await Portal.Hub.CallAsync("PATCH", "api/v1/users/paula", """{"role":"Viewer"}""");
        (await client.GetAsync("audit")).Status.Should().Be(HttpStatusCode.Forbidden);
        await Portal.Hub.CallAsync("DELETE", "api/v1/users/paula");

        (await client.GetAsync("devices")).Location.Should().StartWith("/portal/sign-in");
    }

    [Theory]
    [InlineData("devices/nobody", HttpStatusCode.NotFound, "Not found")]
    [InlineData("devices/nobody/twin", HttpStatusCode.NotFound, "Not found")]
    [InlineData("devices?where=tags.a%20%3D", HttpStatusCode.BadRequest, "role=\"alert\"")]
    [InlineData("devices?state=odd", HttpStatusCode.BadRequest, "is no state")]
    [InlineData("events?before=x", HttpStatusCode.BadRequest, "role=\"alert\"")]
    [InlineData("nothing", HttpStatusCode.NotFound, "There is no such page")]
    public async Task What_is_not_there_or_can_t_be_meant_is_said_in_the_page(string path, HttpStatusCode expected, string text)
    {
        var (status, body, _) = await (await Portal.ClientAsync("admin")).GetAsync(path);

        status.Should().Be(expected);
        body.Should().Contain(text).And.Contain("</html>");
    }

    [Fact]
    public async Task A_secret_is_shown_once_in_the_answer_itself()
    {
        var client = await Portal.ClientAsync("admin");

        var (status, page, _) = await client.PostAsync("do", [("action", "user.create"), ("name", "nora"), ("role", "Viewer"), ("return", "access")], page: "access");
        status.Should().Be(HttpStatusCode.OK);
        var password = System.Text.RegularExpressions.Regex.Match(page, "<p class=\"secret\"[^>]*><code>([0-9a-f]{24})</code>").Groups[1].Value;

        (await (await Portal.ClientAsync(null)).SignInAsync("nora", password)).Should().Be(HttpStatusCode.OK, "a new password is asked for");
        (await client.GetAsync("access")).Body.Should().NotContain(password).And.Contain("nora");
    }

    private static (string, string)[] FieldsOf(PortalAction action, string device) =>
    [
        ("action", action.Name), ("device", device), ("labels", "site=berlin"), ("force", "true"), ("request", "0000"), ("fleet", "scales"), ("repository", "shop"), ("commit", "4444"), ("name", "mallory"), ("role", "Administrator"), ("return", action.Name.StartsWith("device", StringComparison.Ordinal) && device != "untouched" ? $"devices/{device}" : "access"),
    ];
}

/// <summary>One hub for tests that leave each other's devices alone.</summary>
public sealed class SharedPortal : IAsyncLifetime
{
    public const string Name = "the shared portal";

    public PortalUnderTest Portal { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Portal = await PortalUnderTest.StartAsync(devices: 120);
        await Samples.WriteFleetAsync(Portal.Hub, "scales", "scale", new string('a', 40), """{"batches":[{"name":"first","limit":1,"approval":"Manual"}]}""");
    }

    public async Task DisposeAsync() => await Portal.DisposeAsync();
}

[CollectionDefinition(SharedPortal.Name)]
public sealed class AtSharedPortal : ICollectionFixture<SharedPortal>;
