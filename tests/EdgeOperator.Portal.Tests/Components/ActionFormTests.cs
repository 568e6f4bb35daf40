using System.Net;
using Bunit;
using EdgeOperator.Portal.Actions;
using EdgeOperator.Portal.Components;
using EdgeOperator.Portal.Hosting;
using EdgeOperator.Portal.Hub;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeOperator.Portal.Tests.Components;

/// <summary>Buttons, for those who may press them.</summary>
public sealed class ActionFormTests : BunitContext
{
    [Fact]
    public async Task A_button_comes_with_its_fields_and_its_command_line()
    {
        await SignInAsync("Operator");

        var form = Render<ActionForm>(p => p.Add(f => f.Action, DeviceActions.Restart).Add(f => f.Values, [("device", "till-1"), ("resource", "EdgeModule/web")]).Add(f => f.Return, "devices/till-1").Add(f => f.Of, "EdgeModule/web"));

        form.Find("form").GetAttribute("method").Should().Be("post");
        form.FindAll("input[type=hidden]").ToDictionary(i => i.GetAttribute("name")!, i => i.GetAttribute("value")!).Should()
            .Contain(KeyValuePair.Create("action", "device.restart"), KeyValuePair.Create("device", "till-1"), KeyValuePair.Create("resource", "EdgeModule/web"), KeyValuePair.Create("return", "devices/till-1"));
        form.Find("button").TextContent.Should().Be("Restart EdgeModule/web");
        form.Find("code").TextContent.Should().Be("edgeop hub restart till-1 EdgeModule/web");
    }

    [Fact]
    public async Task What_can_t_be_taken_back_is_asked_for_twice()
    {
        await SignInAsync("Operator");

        var form = Render<ActionForm>(p => p.Add(f => f.Action, DeviceActions.Decommission).Add(f => f.Values, [("device", "till-1")]));

        form.Find("input[name=sure]").HasAttribute("required").Should().BeTrue();
    }

    [Fact]
    public async Task Who_may_not_press_it_does_not_see_it()
    {
        await SignInAsync("Viewer");

        Render<ActionForm>(p => p.Add(f => f.Action, DeviceActions.Reconcile).Add(f => f.Values, [("device", "till-1")])).Markup.Trim().Should().BeEmpty();
    }

    [Fact]
    public async Task What_is_reported_is_written_as_text()
    {
        await SignInAsync("Viewer");

        var notice = Render<NoticeBar>(p => p.Add(n => n.Notice, new(true, "<script>x</script>", "edgeop '<b>'")));

        notice.FindAll("script, b").Should().BeEmpty();
        notice.Find("p").TextContent.Should().Be("<script>x</script>");
    }

    private async Task SignInAsync(string role)
    {
        var session = new PortalSession(new KnownUser(role));
        var http = new DefaultHttpContext();
        http.Request.Headers.Cookie = "__Secure-edgeop-session=token";
        await session.OpenAsync(http, null);
        Services.AddSingleton(session).AddSingleton<AntiforgeryStateProvider>(new Proof());
    }

    private sealed class KnownUser(string role) : IHubApi
    {
        public Task<HubAnswer> SendAsync(HubCall call, string? token, IPAddress? from, CancellationToken cancellation) =>
            Task.FromResult(new HubAnswer(200, new System.Text.Json.Nodes.JsonObject { ["name"] = "u", ["role"] = role }, ""));

        public Task ForwardAsync(HttpContext http, string target, string token) => Task.CompletedTask;
    }

    private sealed class Proof : AntiforgeryStateProvider
    {
        public override AntiforgeryRequestToken? GetAntiforgeryToken() => new("proof", "antiforgery");
    }
}
