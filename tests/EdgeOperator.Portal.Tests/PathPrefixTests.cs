using System.Net;
using EdgeOperator.Hub.Tests;

namespace EdgeOperator.Portal.Tests;

/// <summary>Behind a reverse proxy that serves the hub below a path of its own.</summary>
public sealed class PathPrefixTests
{
    [Fact]
    public async Task Links_cookies_and_the_API_are_below_the_path_whether_the_proxy_takes_it_away_or_not()
    {
        await using var portal = await PortalUnderTest.StartAsync(devices: 3, """portal: {url: "https://shop.example.com/hub"}""");
        var kept = new PortalClient(portal.Hub, $"https://{portal.Hub.Host}/hub/portal");
        var taken = new PortalClient(portal.Hub, $"https://{portal.Hub.Host}/portal");

        foreach (var client in (PortalClient[])[kept, taken])
        {
            (await client.GetAsync("devices")).Location.Should().Be("/hub/portal/sign-in?to=devices");
            (await client.SignInAsync("vera", Accounts.Password)).Should().Be(HttpStatusCode.SeeOther);
            var (status, body, _) = await client.GetAsync("devices/till-00001");
            status.Should().Be(HttpStatusCode.OK);
            body.Should().Contain("<base href=\"/hub/portal/\"").And.Contain("edgeop hub twin get till-00001").And.Contain("https://shop.example.com/hub</footer>");
            body.Should().NotMatchRegex("(href|src|action)=\"/(?!hub/portal)");
        }

        (await portal.Hub.CallAsync("GET", "hub/api/v1/devices/till-00001")).Status.Should().Be(HttpStatusCode.OK);
        (await portal.Hub.CallAsync("GET", "api/v1/devices/till-00001")).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_hub_without_a_portal_has_none()
    {
        await using var portal = await PortalUnderTest.StartAsync(devices: 0, "portal: {enabled: false}");

        (await new PortalClient(portal.Hub, portal.Address).GetAsync("sign-in")).Status.Should().Be(HttpStatusCode.Unauthorized);
        (await portal.Hub.CallAsync("GET", "api/v1/me")).Status.Should().Be(HttpStatusCode.OK);
    }
}
