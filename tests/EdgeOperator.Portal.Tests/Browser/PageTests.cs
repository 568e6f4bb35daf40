using EdgeOperator.Hub.Tests;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace EdgeOperator.Portal.Tests.Browser;

/// <summary>Every page in a real browser, with ten thousand devices: nothing is complained of, everybody can use it, on every screen.</summary>
[Collection(BrowserUnderTest.Name)]
public sealed class PageTests(BrowserUnderTest browser, ITestOutputHelper output)
{
    // Not ready, so that everything that a page can show is shown.
    private const string Unready = "till-00007";

    private static readonly (string Name, string Path)[] Pages =
    [
        ("overview", ""), ("devices", "devices"), ("devices-filtered", "devices?labels=site%3Dlima&state=not-ready"), ("devices-of-all", "devices?state=not-ready"), ("device", $"devices/{Unready}"), ("twin", $"devices/{Unready}/twin"),
        ("fleets", "fleets"), ("fleet", "fleets/tills"), ("fleet-devices", "fleets/tills/devices"), ("fleet-plan", "fleets/tills/plan"), ("device-plan", $"devices/{Unready}/plan"), ("repositories", "repositories"), ("fleet-waiting", "fleets/tills/devices?show=waiting&batch=lima"), ("alerts", "alerts"), ("check", $"devices/{Unready}/check"), ("terminal", $"devices/{Unready}/terminal"), ("console", $"devices/{Unready}/console?resource=VirtualMachine/edge"), ("enrollments", "enrollments"), ("events", "events"), ("audit", "audit"), ("access", "access"), ("not-found", "nothing"),
    ];

    [Theory]
    [InlineData(1440, ColorScheme.Light)]
    [InlineData(1440, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task No_page_has_errors_or_serious_barriers_or_is_wider_than_the_screen(int width, ColorScheme scheme)
    {
        await using var page = await browser.OpenAsync("admin", width, scheme);
        var findings = new List<string>();

        foreach (var (name, path) in Pages)
        {
            var (status, milliseconds) = await page.GoAsync(path);
            status.Should().Be(name == "not-found" ? 404 : 200, name);
            output.WriteLine($"{name} at {width}: {milliseconds:0} ms");
            findings.AddRange(await page.BarriersAsync($"{name} at {width}"));
            await page.ShootAsync($"{name}-{width}-{scheme}");
        }

        findings.Should().BeEmpty();
        page.Problems.Where(p => !p.Contains("404", StringComparison.Ordinal)).Should().BeEmpty();
    }

    [Theory]
    [InlineData(1440)]
    [InlineData(390)]
    public async Task The_sign_in_is_as_the_other_pages(int width)
    {
        await using var page = await browser.OpenAsync(null, width);

        await page.GoAsync("sign-in");

        (await page.BarriersAsync("sign-in")).Should().BeEmpty();
        await page.ShootAsync($"sign-in-{width}-Light");
        page.Problems.Should().BeEmpty();
    }

    [Fact]
    public async Task A_page_is_used_with_the_keyboard_alone()
    {
        await using var page = await browser.OpenAsync(null);
        await page.GoAsync("sign-in");

        await page.Page.GetByLabel("Name").FocusAsync();
        await page.Page.Keyboard.TypeAsync("otto");
        await page.Page.Keyboard.PressAsync("Tab");
        await page.Page.Keyboard.TypeAsync(Accounts.Password);
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.GetByRole(AriaRole.Heading, new() { Name = "Overview" }).WaitForAsync();
        await page.Page.Keyboard.PressAsync("Tab");
        (await page.Page.EvaluateAsync<string>("document.activeElement.textContent")).Should().Be("Skip to the content");
        await page.Page.Keyboard.PressAsync("Enter");

        (await page.Page.EvaluateAsync<string>("document.activeElement.id")).Should().Be("main");
        await page.Page.Keyboard.PressAsync("Tab");
        (await page.Page.EvaluateAsync<string>("document.activeElement.getAttribute('href')")).Should().Be("devices", "the first number leads to all devices");
    }

    [Fact]
    public async Task Ten_thousand_devices_are_gone_through_page_by_page()
    {
        await using var page = await browser.OpenAsync("vera");
        await page.GoAsync("devices");
        (await page.Page.Locator("tbody tr").CountAsync()).Should().Be(50);

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Next page" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "till-00050" }).WaitForAsync();
        await page.GoAsync("");
        await page.Page.Locator(".tiles a", new() { HasText = "not ready" }).ClickAsync();

        await page.Page.GetByRole(AriaRole.Link, new() { Name = Unready }).WaitForAsync();
        (await page.Page.Locator("tbody tr").CountAsync()).Should().Be(BrowserUnderTest.Devices / 400);
        (await page.Page.Locator("main .cli code").First.TextContentAsync()).Should().Be("edgeop hub devices list --where \"properties.reported.edgeoperator.conditions.Ready.status = 'False'\"");
    }

    [Fact]
    public async Task The_colours_that_a_user_chooses_stay()
    {
        await using var page = await browser.OpenAsync("vera");

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Dark" }).ClickAsync();
        await page.GoAsync("devices");

        (await page.Page.EvaluateAsync<string>("getComputedStyle(document.documentElement).backgroundColor")).Should().Be("rgb(18, 22, 28)");
    }
}
