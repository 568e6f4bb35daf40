using System.Net;
using EdgeOperator.Hub.Tests;

namespace EdgeOperator.Portal.Tests;

/// <summary>Signing in and out with a local account.</summary>
[Collection(SharedPortal.Name)]
public sealed class SignInTests(SharedPortal shared)
{
    private PortalUnderTest Portal => shared.Portal;

    [Fact]
    public async Task A_one_time_password_is_replaced_at_the_first_sign_in()
    {
        var made = (await Portal.Hub.CallAsync("POST", "api/v1/users", """{"name":"newcomer","role":"Viewer"}""")).Body!["oneTimePassword"]!.GetValue<string>();
        var client = await Portal.ClientAsync(null);

        var (asked, page, _) = await client.PostAsync("sign-in", [("_handler", "sign-in"), ("Form.User", "newcomer"), ("Form.Password", made)]);
        var (differs, _, _) = await client.PostAsync("sign-in", Fields("newcomer", made, "a long new password", "another one"));
        var (isShort, body, _) = await client.PostAsync("sign-in", Fields("newcomer", made, "short", "short"));
        var (done, _, location) = await client.PostAsync("sign-in", Fields("newcomer", made, "a long new password", "a long new password"));

        (asked, differs, isShort, done, location).Should().Be((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.SeeOther, "/portal/"));
        page.Should().Contain("Form.NewPassword").And.Contain("choose a new one");
        body.Should().Contain("shorter than 12");
        (await client.GetAsync("")).Body.Should().Contain("newcomer");
    }

    [Fact]
    public async Task Wrong_passwords_are_slowed_down_as_at_the_API()
    {
        await Portal.Hub.BearerAsync("guessed", "Viewer");
        var client = await Portal.ClientAsync(null);

        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 6; i++)
            answers.Add(await client.SignInAsync("guessed", "a wrong password"));

        answers[0].Should().Be(HttpStatusCode.Unauthorized);
        answers[^1].Should().Be(HttpStatusCode.TooManyRequests);
        (await client.SignInAsync("guessed", Accounts.Password)).Should().Be(HttpStatusCode.TooManyRequests, "even the right one waits");
    }

    [Fact]
    public async Task Who_signs_out_leaves_a_worthless_cookie()
    {
        var client = await Portal.ClientAsync("vera");
        var token = client.Cookies["__Secure-edgeop-session"];

        var (status, _, location) = await client.PostAsync("sign-out", [], page: "access");

        (status, location).Should().Be((HttpStatusCode.SeeOther, "/portal/sign-in"));
        client.Cookies.Should().NotContainKey("__Secure-edgeop-session");
        (await Portal.Hub.CallAsync("GET", "api/v1/me", null, $"Bearer {token}")).Status.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("devices/till-00001", "/portal/devices/till-00001")]
    [InlineData("devices?state=ready", "/portal/devices?state=ready")]
    [InlineData("//evil.example", "/portal/")]
    [InlineData("https://evil.example", "/portal/")]
    [InlineData(@"\\evil.example", "/portal/")]
    [InlineData("javascript:alert(1)", "/portal/")]
    [InlineData("../../api/v1/devices", "/portal/")]
    public async Task It_leads_where_the_user_wanted_to_go_and_never_elsewhere(string wanted, string led)
    {
        var client = await Portal.ClientAsync(null);

        var (_, _, location) = await client.PostAsync($"sign-in?to={Uri.EscapeDataString(wanted)}", [("_handler", "sign-in"), ("Form.User", "vera"), ("Form.Password", Accounts.Password)]);

        location.Should().Be(led);
    }

    private static (string, string)[] Fields(string user, string password, string next, string again) =>
        [("_handler", "sign-in"), ("Form.User", user), ("Form.Password", password), ("Form.NewPassword", next), ("Form.Again", again)];
}
