using EdgeOperator.Hub.Tests.Agent;
using Microsoft.Playwright;

namespace EdgeOperator.Portal.Tests.Browser;

/// <summary>Finding out what is wrong, and whom it concerns, in the portal.</summary>
[Collection(BrowserUnderTest.Name)]
public sealed class SupportPageTests(BrowserUnderTest browser)
{
    [Fact]
    public async Task A_device_is_checked_and_gives_a_support_bundle_on_its_page()
    {
        await using var agent = await AgentAtHub.StartAsync(browser.Portal.Hub, "support-1", "hello");
        await using var page = await browser.OpenAsync("otto");
        await page.GoAsync("devices/support-1");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Check what is wrong" }).ClickAsync();

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Check now" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Check again" }).WaitForAsync();
        (await page.Page.Locator("tbody").TextContentAsync()).Should().Contain("is reached and trusted").And.Contain("start Docker or Podman");
        var download = await page.Page.RunAndWaitForDownloadAsync(() => page.Page.GetByRole(AriaRole.Link, new() { Name = "Support bundle" }).ClickAsync());

        download.SuggestedFilename.Should().Be("edgeop-support-support-1.tar.gz");
        (await File.ReadAllBytesAsync(await download.PathAsync())).Should().StartWith((byte[])[0x1f, 0x8b]);
        page.Problems.Should().BeEmpty();
    }

    [Fact]
    public async Task A_device_that_is_away_can_t_be_checked_and_says_why()
    {
        await using var page = await browser.OpenAsync("otto");
        await page.GoAsync("devices/till-00003/check");

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Check now" }).ClickAsync();

        await page.Page.GetByRole(AriaRole.Alert).WaitForAsync();
        (await page.Page.GetByRole(AriaRole.Alert).TextContentAsync()).Should().NotBeEmpty();
    }

    [Fact]
    public async Task The_charts_say_in_words_what_they_show()
    {
        await using var page = await browser.OpenAsync("vera");

        await page.GoAsync("devices/till-00007");

        var labels = await page.Page.Locator("svg.line").EvaluateAllAsync<string[]>("all => all.map(svg => svg.getAttribute('aria-label'))");
        labels.Should().HaveCount(4);
        labels[1].Should().MatchRegex("^Memory: [0-9]+ % of 4.0 GB, 40 to [0-9]+ % in 2[34] h$");
        (await page.Page.Locator("section[aria-labelledby=certificates]").TextContentAsync()).Should().Contain("ended").And.Contain("by the agent itself");
    }

    [Fact]
    public async Task A_filter_is_kept_as_a_view_of_one_s_own_and_forgotten()
    {
        await using var page = await browser.OpenAsync("vera");
        await page.GoAsync("devices?labels=site%3Dlima&state=not-ready");
        await page.Page.GetByLabel("Name of the view").FillAsync("sick in Lima <b>");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Keep as view", Exact = true }).ClickAsync();
        await page.Page.GetByText("is kept, for you alone.").WaitForAsync();
        await page.GoAsync("devices");

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "sick in Lima <b>" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Forget view" }).WaitForAsync();
        (await page.Page.GetByLabel("Labels").First.InputValueAsync()).Should().Be("site=lima");
        await using var other = await browser.OpenAsync("otto");
        await other.GoAsync("devices");
        (await other.Page.GetByRole(AriaRole.Link, new() { Name = "sick in Lima <b>" }).CountAsync()).Should().Be(0, "views are each user's own");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Forget view" }).ClickAsync();

        await page.Page.GetByText("is forgotten.").WaitForAsync();
        page.Problems.Should().BeEmpty();
    }
}
