using System.Text.Json.Nodes;
using EdgeOperator.Hub.Tests;

namespace EdgeOperator.Portal.Tests.Browser;

/// <summary>What devices and users write is shown as it is written, and never run.</summary>
[Collection(BrowserUnderTest.Name)]
public sealed class InjectionTests(BrowserUnderTest browser)
{
    private const string Script = "<script>window.pwned=1</script><img src=x onerror=\"window.pwned=1\">\"'><svg onload=window.pwned=1>";

    private HubUnderTest Hub => browser.Portal.Hub;

    [Fact]
    public async Task Labels_twins_reports_and_requests_are_text()
    {
        const string Device = "evil-1";
        await Hub.CreateDeviceAsync(Device);
        await Hub.CallAsync("PATCH", $"api/v1/devices/{Device}/labels", new JsonObject { ["site"] = Script }.ToJsonString());
        await Hub.CallAsync("PATCH", $"api/v1/devices/{Device}/twin", new JsonObject { ["properties"] = new JsonObject { ["desired"] = new JsonObject { ["text"] = "</textarea></pre>" + Script } } }.ToJsonString());
        var condition = new JsonObject { ["status"] = "False", ["reason"] = Script, ["message"] = Script };
        await Hub.ReportAsync(Device, new JsonObject
        {
            ["edgeoperator"] = new JsonObject
            {
                ["agentVersion"] = Script,
                ["applied"] = Script,
                ["desired"] = Script,
                ["conditions"] = new JsonObject { ["Ready"] = condition, ["Stalled"] = condition.DeepClone() },
                ["certificates"] = new JsonArray(new JsonObject { ["name"] = Script, ["subject"] = Script, ["expires"] = Script }),
                ["host"] = new JsonObject { ["memory"] = Script },
                ["sources"] = new JsonObject { ["<b>"] = new JsonObject { ["revision"] = Script, ["message"] = Script } },
                ["resources"] = new JsonObject { ["EdgeModule/<svg/onload=alert(1)>"] = new JsonObject { ["state"] = Script, ["ready"] = "False" } },
            },
        }.ToJsonString());
        await Samples.AskToJoinAsync(Hub, "evil-2", new JsonObject { ["os"] = Script, [Script] = Script }.ToJsonString());
        await using var page = await browser.OpenAsync("admin");

        foreach (var path in (string[])["", "devices?name=evil", $"devices/{Device}", $"devices/{Device}/twin", "alerts", "fleets", $"devices/{Device}/terminal?resource={Uri.EscapeDataString(Script)}", "enrollments", "events", "audit", "devices?where=" + Uri.EscapeDataString(Script), "devices?labels=" + Uri.EscapeDataString(Script), $"events?device={Uri.EscapeDataString(Script)}", $"sign-in?to={Uri.EscapeDataString(Script)}", $"devices/{Uri.EscapeDataString(Script)}", $"devices/{Device}/logs?resource={Uri.EscapeDataString(Script)}"])
        {
            await page.GoAsync(path);
            (await page.Page.EvaluateAsync<bool>("'pwned' in window || !!document.querySelector('main script, main img, main svg:not(.chart)')")).Should().BeFalse(path);
        }

        await page.GoAsync($"devices/{Device}");
        (await page.Page.Locator("main").TextContentAsync()).Should().Contain(Script);
        page.Problems.Where(p => !p.Contains("status of 4", StringComparison.Ordinal) && !p.Contains("WebSocket connection", StringComparison.Ordinal)).Should().BeEmpty("nothing was even tried that the policy would have blocked");
        await Hub.CallAsync("DELETE", $"devices/{Device}", match: "*");
    }

    [Fact]
    public async Task A_device_whose_name_has_characters_with_meanings_has_its_page()
    {
        const string Device = "odd%2Fname#1?x=$'(y)";
        await Hub.CallAsync("PUT", $"devices/{Uri.EscapeDataString(Device)}", new JsonObject { ["deviceId"] = Device }.ToJsonString());
        await using var page = await browser.OpenAsync("otto");

        await page.GoAsync("devices?name=odd");
        await page.Page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = Device }).ClickAsync();
        await page.Page.GetByRole(Microsoft.Playwright.AriaRole.Heading, new() { Name = Device }).WaitForAsync();
        await page.Page.GetByLabel("Labels").FillAsync("a=b");
        await page.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Set labels" }).ClickAsync();
        await page.Page.GetByText($"The labels of {Device} are changed.").WaitForAsync();

        page.Problems.Should().BeEmpty();
        await Hub.CallAsync("DELETE", $"devices/{Uri.EscapeDataString(Device)}", match: "*");
    }
}
