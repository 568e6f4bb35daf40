using System.Net;
using EdgeOperator.Hub.Tests;

namespace EdgeOperator.Portal.Tests;

/// <summary>Other sites can have a signed-in browser send requests; these change nothing and read nothing.</summary>
[Collection(SharedPortal.Name)]
public sealed class ForgeryTests(SharedPortal shared)
{
    private PortalUnderTest Portal => shared.Portal;

    [Fact]
    public async Task A_form_without_the_proof_of_the_page_is_refused()
    {
        var client = await Portal.ClientAsync("admin");
        await client.GetAsync("access");

        foreach (var fields in ((string, string)[][])[[], [("antiforgery", "")], [("antiforgery", "forged")]])
            foreach (var path in (string[])["do", "sign-out"])
                (await client.PostAsWrittenAsync(path, [("action", "user.create"), ("name", "mallory"), ("role", "Administrator"), .. fields])).Status.Should().Be(HttpStatusCode.BadRequest);

        (await client.GetAsync("access")).Body.Should().NotContain("mallory");
    }

    [Fact]
    public async Task Neither_does_the_proof_of_another_user_help_nor_a_proof_without_its_cookie()
    {
        var other = await Portal.ClientAsync("vera");
        var stolen = await other.ProofAsync("access");
        var client = await Portal.ClientAsync("admin");
        var own = await client.ProofAsync("access");

        (await client.PostAsWrittenAsync("do", [("action", "device.label"), ("device", "till-00002"), ("labels", "a=b"), ("antiforgery", stolen)])).Status.Should().Be(HttpStatusCode.BadRequest);
        client.Drop("__Secure-edgeop-antiforgery");
        (await client.PostAsWrittenAsync("do", [("action", "device.label"), ("device", "till-00002"), ("labels", "a=b"), ("antiforgery", own)])).Status.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_forms_of_pages_need_the_proof_too()
    {
        var client = await Portal.ClientAsync("admin");

        (await client.PostAsWrittenAsync("devices/till-00003/twin", [("_handler", "twin"), ("Form.Text", """{"tags":{},"properties":{"desired":{}}}"""), ("Form.Do", "save")])).Status.Should().Be(HttpStatusCode.BadRequest);
        (await (await Portal.ClientAsync(null)).PostAsWrittenAsync("sign-in", [("_handler", "sign-in"), ("Form.User", "admin"), ("Form.Password", "x")])).Status.Should().Be(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("cross-site")]
    [InlineData("same-site")]
    [InlineData("none")]
    public async Task Events_and_logs_are_read_by_the_portal_s_own_pages_only(string site)
    {
        var client = await Portal.ClientAsync("admin");

        (await client.GetAsync("live/events", ("Sec-Fetch-Site", site))).Status.Should().Be(HttpStatusCode.Forbidden);
        (await client.GetAsync("live/logs/till-00001?resource=EdgeModule/web", ("Sec-Fetch-Site", site))).Status.Should().Be(HttpStatusCode.Forbidden);
        (await client.GetAsync("live/logs/till-00001?resource=EdgeModule/web", ("Sec-Fetch-Site", "same-origin"))).Status.Should().Be(HttpStatusCode.NotFound, "the device is not connected");
    }

    [Fact]
    public async Task The_session_s_cookie_is_worth_nothing_at_the_API()
    {
        var client = await Portal.ClientAsync("admin");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://{Portal.Hub.Host}/api/v1/devices");
        request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", client.Cookies.Select(c => $"{c.Key}={c.Value}")));

        (await Portal.Hub.Client.SendAsync(request)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Cookies_are_out_of_reach_for_scripts_and_for_other_paths()
    {
        using var client = Portal.Hub.NewClient(null, followRedirects: false);
        var signedIn = new PortalClient(Portal.Hub, Portal.Address);
        var proof = await signedIn.ProofAsync("sign-in");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Portal.Address}/sign-in")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["_handler"] = "sign-in", ["Form.User"] = "vera", ["Form.Password"] = Accounts.Password, ["antiforgery"] = proof }),
        };
        request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", signedIn.Cookies.Select(c => $"{c.Key}={c.Value}")));

        var set = (await client.SendAsync(request)).Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("__Secure-edgeop-session=", StringComparison.Ordinal));

        set.Should().ContainAll("httponly", "secure", "samesite=lax", "path=/portal");
    }

    [Fact]
    public async Task Every_answer_forbids_what_no_page_needs()
    {
        using var answer = await Portal.Hub.Client.GetAsync(new Uri($"{Portal.Address}/sign-in"));

        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        policy.Should().Contain("default-src 'none'").And.Contain("frame-ancestors 'none'").And.NotContain("unsafe").And.NotContain("*");
        answer.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
        answer.Headers.CacheControl!.NoStore.Should().BeTrue();
        (await answer.Content.ReadAsStringAsync()).Should().NotContain("style=\"").And.NotContain("onclick").And.NotMatchRegex("<script(?! src=)");
    }
}
