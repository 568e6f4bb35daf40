using EdgeOperator.Hub.Tests;
using EdgeOperator.Hub.Tests.Fleets;
using Microsoft.Playwright;

namespace EdgeOperator.Portal.Tests.Browser;

/// <summary>A rollout is watched and steered in the portal, with devices that speak the real protocol.</summary>
[Collection(BrowserUnderTest.Name)]
public sealed class FleetPageTests(BrowserUnderTest browser) : IAsyncLifetime
{
    private readonly List<SimulatedDevice> _devices = [];
    private PortalUnderTest? _portal;

    private PortalUnderTest Portal => _portal!;

    private HubUnderTest Hub => Portal.Hub;

    public async Task InitializeAsync()
    {
        _portal = await PortalUnderTest.StartAsync(devices: 0);
        foreach (var name in (string[])["canary", "till-1", "till-2"])
        {
            var device = await SimulatedDevice.CreateAsync(Hub, name, $$"""{"role":"till","ring":"{{(name == "canary" ? "first" : "second")}}"}""", Commit('0'));
            _devices.Add(device);
            await device.ConnectAsync();
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var device in _devices)
            await device.DisposeAsync();
        await Portal.DisposeAsync();
    }

    [Fact]
    public async Task An_operator_sees_why_it_waits_approves_and_watches_it_go_on()
    {
        await Samples.WriteFleetAsync(Hub, "tills", "till", Commit('a'), """{"batches":[{"name":"first","selector":{"matchLabels":{"ring":"first"}}},{"name":"second","approval":"Manual"}]}""");
        await using var page = await browser.OpenAsync("otto", portal: Portal);
        await page.GoAsync("fleets");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "tills", Exact = true }).ClickAsync();

        await page.Page.GetByText("batch second waits for approval").WaitForAsync();
        await page.Page.GetByText("It waits:").WaitForAsync();
        (await page.Page.Locator("svg[role=img]").First.GetAttributeAsync("aria-label")).Should().Be("1 of 1 updated, 0 updating, 0 failed");
        await page.GoAsync("");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "tills", Exact = true }).ClickAsync();
        await page.Page.EvaluateAsync("window.same = true");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true }).ClickAsync();
        await page.Page.GetByText("tills-1: The batch is approved.").WaitForAsync();
        (await page.Page.Locator(".notice .cli code").TextContentAsync()).Should().Be("edgeop hub rollouts approve tills");
        await page.Page.GetByText("Done:").WaitForAsync();

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "2 of 2 updated in second" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "till-2" }).WaitForAsync();
        (await page.Page.Locator("tbody tr").AllTextContentsAsync()).Should().HaveCount(2).And.OnlyContain(row => row.Contains("Connected") && row.Contains("Updated") && row.Contains("second"));
        page.Problems.Should().BeEmpty();
    }

    [Fact]
    public async Task A_bad_commit_is_seen_with_the_devices_that_failed_and_rolled_back()
    {
        await Samples.WriteFleetAsync(Hub, "tills", "till", Commit('a'));
        await using var page = await browser.OpenAsync("otto", portal: Portal);
        await page.GoAsync("fleets/tills");
        await page.Page.GetByText("Done:").WaitForAsync();
        await page.Page.EvaluateAsync("window.same = true");
        await Samples.WriteFleetAsync(Hub, "tills", "till", Commit(SimulatedDevice.Bad), """{"batches":[{"name":"first","selector":{"matchLabels":{"ring":"first"}},"successThreshold":"100%"}]}""");

        await page.Page.GetByText("1 device of 1 in batch first failed").First.WaitForAsync();
        (await page.Page.EvaluateAsync<bool>("window.same === true")).Should().BeTrue("the page follows by itself");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "1 failed in first" }).ClickAsync();
        await page.Page.GetByText("web is unhealthy").WaitForAsync();
        await page.Page.GetByRole(AriaRole.Navigation, new() { Name = "Where this is" }).GetByRole(AriaRole.Link, new() { Name = "tills" }).ClickAsync();
        var rollBack = page.Page.Locator("form", new() { Has = page.Page.GetByRole(AriaRole.Button, new() { Name = "Roll back", Exact = true }) });
        await rollBack.GetByLabel("Why").FillAsync("it's bad");
        await rollBack.GetByLabel("I am sure").CheckAsync();
        await rollBack.GetByRole(AriaRole.Button, new() { Name = "Roll back", Exact = true }).ClickAsync();

        await page.Page.GetByText("Devices get back what they had.").WaitForAsync();
        (await page.Page.Locator(".notice .cli code").TextContentAsync()).Should().Be("edgeop hub rollouts rollback tills --reason \"it's bad\"");
        await page.Page.Locator(".badge", new() { HasText = "Rolled back" }).First.WaitForAsync();
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "1 went back in first" }).WaitForAsync();
        page.Problems.Should().BeEmpty();
    }

    private static string Commit(char digit) => new(digit, 40);
}
