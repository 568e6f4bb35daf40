using System.Net;
using EdgeOperator.Testing;
using Microsoft.Playwright;

namespace EdgeOperator.Portal.Tests.Browser;

/// <summary>Signing in by a real OpenID Connect provider (npm's oidc-provider), in a browser.</summary>
[Collection(BrowserUnderTest.Name)]
public sealed class SingleSignOnTests(BrowserUnderTest browser) : IAsyncLifetime
{
    private const string Secret = "a secret of the client";

    private readonly TempFolder _folder = new("sso");
    private readonly int _port = FreePort.Next();
    private GuardedProcess? _provider;
    private PortalUnderTest? _portal;

    private PortalUnderTest Portal => _portal!;

    public async Task InitializeAsync()
    {
        _folder.Write("secret", Secret + "\n");
        _portal = await PortalUnderTest.StartAsync(devices: 3, $$"""
            portal:
              signIn:
                name: Acme
                authority: "http://127.0.0.1:{{_port}}"
                clientId: hub
                clientSecretFile: {{_folder.File("secret")}}
                roles:
                  administrator: [hub-admins]
                  viewer: [lookers]
                  ofFleets: [{value: till-operators, role: operator, fleets: [tills]}, {value: scale-lookers, role: viewer, fleets: [scales]}]
            """);
        var packages = await NpmPackages.InstallAsync(Path.Combine(AppContext.BaseDirectory, "Provider", "packages"));
        _provider = GuardedProcess.Start(
            _folder.File("log"), "", "env", $"NODE_PATH={Path.Combine(packages, "node_modules")}", "NODE_NO_WARNINGS=1", "node", Path.Combine(AppContext.BaseDirectory, "Provider", "provider.cjs"),
            $"{_port}", "hub", Secret, $"{Portal.Address}/sign-in/callback");
        await Eventually.TrueAsync("the provider listens", () => !_provider.IsRunning || _provider.Log.Contains("listening", StringComparison.Ordinal));
        _provider.IsRunning.Should().BeTrue(_provider.Log);
    }

    public async Task DisposeAsync()
    {
        if (_provider is not null)
            await _provider.DisposeAsync();
        await Portal.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("paula", "Administrator", HttpStatusCode.OK)]
    [InlineData("vic", "Viewer", HttpStatusCode.Forbidden)]
    public async Task Who_signs_in_has_the_role_of_the_groups_and_comes_to_where_they_wanted_to_go(string user, string role, HttpStatusCode audit)
    {
        await using var page = await OpenAsync();
        await page.GoAsync("devices/till-00001");

        await SignInAsync(page.Page, user);
        await page.Page.GetByRole(AriaRole.Heading, new() { Name = "till-00001" }).WaitForAsync();

        (await page.Page.Locator(".who").TextContentAsync()).Should().Be($"sso:{user} {role}");
        ((await page.GoAsync("audit")).Status).Should().Be((int)audit);
        await page.GoAsync("access");
        (await page.Page.Locator("main").TextContentAsync()).Should().Contain("signed in by Acme");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" }).WaitForAsync();
    }

    [Fact]
    public async Task A_group_makes_a_role_for_the_devices_of_its_fleets_alone()
    {
        await Samples.WriteFleetAsync(Portal.Hub, "tills", "till", new string('4', 40), "{}");
        await Samples.WriteFleetAsync(Portal.Hub, "scales", "scale", new string('4', 40), "{}");
        await using var page = await OpenAsync();
        await page.GoAsync("access");

        await SignInAsync(page.Page, "tim");
        await page.Page.GetByText("Operator for the fleets tills and the devices that they select").WaitForAsync();

        await page.GoAsync("devices");
        (await page.Page.Locator("main tbody tr td:first-child").AllInnerTextsAsync()).Should().Equal("till-00000");
        await page.GoAsync("fleets");
        (await page.Page.Locator("main tbody tr td:first-child").AllInnerTextsAsync()).Should().Equal("tills");
        (await page.GoAsync("devices/till-00001")).Status.Should().Be((int)HttpStatusCode.NotFound);
        (await page.GoAsync("enrollments")).Status.Should().Be((int)HttpStatusCode.Forbidden);
        await page.GoAsync("devices/till-00000");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Reconcile now" }).WaitForAsync();
        (await page.Page.GetByRole(AriaRole.Link, new() { Name = "Terminal on the device" }).CountAsync()).Should().Be(0, "an operator is no administrator");
    }

    [Fact]
    public async Task Who_is_in_none_of_the_groups_is_told_so_and_stays_outside()
    {
        await using var page = await OpenAsync();
        await page.GoAsync("");

        await SignInAsync(page.Page, "nina");
        await page.Page.GetByText("none of your groups has a role here").WaitForAsync();

        await page.GoAsync("devices");
        (await page.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" }).CountAsync()).Should().Be(1);
    }

    [Fact]
    public async Task A_callback_that_nobody_has_asked_for_signs_nobody_in()
    {
        var client = await Portal.ClientAsync(null);

        var (status, _, location) = await client.GetAsync("sign-in/callback?code=stolen&state=forged");

        (status, location).Should().Be((HttpStatusCode.SeeOther, "/portal/sign-in?error=provider"));
        client.Cookies.Should().NotContainKey("__Secure-edgeop-session");
    }

    [Fact]
    public async Task Local_accounts_sign_in_too_and_the_provider_s_users_make_no_tokens_for_programs()
    {
        await (await Portal.ClientAsync("vera")).GetAsync("devices");
        await using var page = await OpenAsync();
        await page.GoAsync("access");
        await SignInAsync(page.Page, "paula");
        await page.Page.GetByLabel("What for").FillAsync("ci");

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Make token" }).ClickAsync();

        await page.Page.GetByText("make a local user for programs").WaitForAsync();
        (await Portal.Hub.CallAsync("GET", "api/v1/tokens")).Body!["items"]!.AsArray().Should().BeEmpty();
    }

    private async Task<WatchedPage> OpenAsync() => await browser.OpenAsync(null, portal: Portal);

    private static async Task SignInAsync(IPage page, string user)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in with Acme" }).ClickAsync();
        await page.Locator("input[name=login]").FillAsync(user);
        await page.Locator("input[name=password]").FillAsync("any");
        await page.Locator("button[type=submit]").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
    }
}
