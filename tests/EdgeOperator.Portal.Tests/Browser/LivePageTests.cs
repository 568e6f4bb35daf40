using EdgeOperator.Hub.Tests;
using EdgeOperator.Testing;
using Microsoft.Playwright;

namespace EdgeOperator.Portal.Tests.Browser;

/// <summary>Pages follow what happens, and actions lead to what they say.</summary>
[Collection(BrowserUnderTest.Name)]
public sealed class LivePageTests(BrowserUnderTest browser)
{
    private HubUnderTest Hub => browser.Portal.Hub;

    [Fact]
    public async Task A_device_that_becomes_unready_is_shown_so_without_reading_the_page_again()
    {
        await Hub.CreateDeviceAsync("live-1");
        await using var page = await browser.OpenAsync("vera");
        await page.GoAsync("devices/live-1");
        await page.Page.EvaluateAsync("window.same = true");

        await Hub.ReportAsync("live-1", """{"edgeoperator":{"conditions":{"Ready":{"status":"False","reason":"Unhealthy","message":"EdgeModule/web is exited"}}}}""");

        await page.Page.GetByText("EdgeModule/web is exited").First.WaitForAsync();
        (await page.Page.EvaluateAsync<bool>("window.same === true")).Should().BeTrue("the page is the same one");
        page.Problems.Should().BeEmpty();
    }

    [Fact]
    public async Task What_somebody_types_is_left_alone_while_things_happen()
    {
        await using var page = await browser.OpenAsync("otto");
        await Samples.AskToJoinAsync(Hub, "live-join-1", "{}");
        await page.GoAsync("enrollments");
        var field = page.Page.GetByRole(AriaRole.Article, new() { Name = "live-join-1" }).GetByLabel("Labels");
        await field.FillAsync("site=os");

        await Samples.AskToJoinAsync(Hub, "live-join-2", "{}");
        await Eventually.TrueAsync("the event is stored", async () => (await Hub.CallAsync("GET", "api/v1/events/latest?device=live-join-2")).Body!.AsArray().Count > 0);
        await field.PressSequentiallyAsync("lo", new() { Delay = 1500 });
        (await field.InputValueAsync()).Should().Be("site=oslo");
        await page.Page.GetByRole(AriaRole.Article, new() { Name = "live-join-1" }).GetByRole(AriaRole.Button, new() { Name = "Approve live-join-1", Exact = true }).ClickAsync();

        await page.Page.GetByText("live-join-1 may join.").WaitForAsync();
        (await page.Page.Locator(".notice .cli code").TextContentAsync()).Should().Be("edgeop hub enrollments approve live-join-1 -l site=oslo");
        (await Hub.CallAsync("GET", "api/v1/devices/live-join-1")).Body!["labels"]!["site"]!.GetValue<string>().Should().Be("oslo");
    }

    [Fact]
    public async Task A_twin_is_edited_checked_and_saved_only_as_it_was_read()
    {
        await Hub.CreateDeviceAsync("edited");
        await Hub.CallAsync("PATCH", "api/v1/devices/edited/twin", """{"tags":{"keep":1},"properties":{"desired":{"gone":true,"interval":60}}}""");
        await using var page = await browser.OpenAsync("otto");
        await page.GoAsync("devices/edited/twin");
        var text = page.Page.GetByLabel("Tags and desired properties");

        await text.FillAsync("""{"tags":{"keep":1},"properties":{"desired":{"interval":""");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await page.Page.GetByText("this is no JSON").WaitForAsync();
        await text.FillAsync("""{"tags":{"keep":1},"properties":{"desired":{"interval":30,"edgeoperator":{"manifests":{"EdgeModule/web":{"imgae":"x"}}}}}}""");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await page.Page.GetByText("spec.image is missing").WaitForAsync();
        await text.FillAsync("""{"tags":{"keep":1},"properties":{"desired":{"interval":30}}}""");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "What would change?" }).ClickAsync();
        (await page.Page.Locator(".notice .cli code").TextContentAsync()).Should().Be("""edgeop hub twin patch edited '{"properties":{"desired":{"interval":30,"gone":null}}}'""");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await page.Page.GetByText("The twin of edited is changed.").WaitForAsync();

        (await Hub.CallAsync("GET", "twins/edited")).Body!["properties"]!["desired"]!["gone"].Should().BeNull();
        await page.GoAsync("devices/edited/twin");
        await Hub.CallAsync("PATCH", "api/v1/devices/edited/twin", """{"tags":{"other":2}}""");
        await text.FillAsync("""{"tags":{},"properties":{"desired":{}}}""");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await page.Page.GetByText("Somebody has changed the twin").WaitForAsync();
        (await text.InputValueAsync()).Should().Be("""{"tags":{},"properties":{"desired":{}}}""", "what was typed is not lost");
        (await Hub.CallAsync("GET", "twins/edited")).Body!["tags"]!["other"]!.GetValue<int>().Should().Be(2);
    }
}
