using System.Net.WebSockets;
using System.Text.Json.Nodes;
using EdgeOperator.Hub.Tests.Agent;
using EdgeOperator.Testing;
using Microsoft.Playwright;

namespace EdgeOperator.Portal.Tests.Browser;

/// <summary>A shell on a device, in a browser, by a real agent.</summary>
[Collection(BrowserUnderTest.Name)]
public sealed class TerminalTests(BrowserUnderTest browser)
{
    [Fact]
    public async Task An_administrator_works_in_a_shell_of_the_device()
    {
        await using var agent = await AgentAtHub.StartAsync(browser.Portal.Hub, "shell-1", "hello", more: "remote: {hostTerminal: true}");
        await using var page = await browser.OpenAsync("admin");
        await page.GoAsync("devices/shell-1");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Terminal on the device" }).ClickAsync();
        await page.Page.GetByText("Connected.").WaitForAsync();
        var screen = page.Page.GetByRole(AriaRole.Region, new() { Name = "Screen" });

        await page.Page.Keyboard.TypeAsync("stty -echo; PS1=; clear; echo sum=$((6*7)) $TERM; stty size; printf '\\033[31mred\\033[0m \\342\\202\\254\\n'\n");
        await Eventually.TrueAsync("it has answered", async () => (await screen.InnerTextAsync()).Contains("red €", StringComparison.Ordinal));
        var text = await screen.InnerTextAsync();
        text.Should().Contain("sum=42 xterm-256color");
        (await screen.Locator(".t-f1").TextContentAsync()).Should().Be("red");
        var before = System.Text.RegularExpressions.Regex.Match(text, @"\n(\d+) (\d+)\s").Groups[2].Value;

        await page.Page.SetViewportSizeAsync(700, 900);
        await Eventually.TrueAsync("the shell knows the new size", async () =>
        {
            await page.Page.Keyboard.TypeAsync("stty size\n");
            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
            return System.Text.RegularExpressions.Regex.Matches(await screen.InnerTextAsync(), @"(?m)^(\d+) (\d+)\s*$").Any(m => m.Groups[2].Value != before);
        });
        await page.Page.Keyboard.TypeAsync("printf '\\033]52;c;cHduZWQ=\\007<img src=x onerror=alert(1)>\\033[1;1Htop\\033[K'; sleep 1; exit 3\n");
        await page.Page.GetByText("The command has ended with code 3.").WaitForAsync();

        (await screen.Locator("> div").AllInnerTextsAsync()).Should().Contain(line => line.StartsWith("top", StringComparison.Ordinal)).And.Contain(line => line.Contains("<img src=x", StringComparison.Ordinal));
        page.Problems.Should().BeEmpty();
        agent.Events().Should().Contain(e => e.Reason == "ExecRequested" && e.User!.StartsWith("admin at", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_administrator_types_at_the_serial_console_of_a_machine()
    {
        await using var agent = await AgentAtHub.StartAsync(browser.Portal.Hub, "shell-3", "hello");
        var image = new JsonObject { ["path"] = agent.State("none.qcow2"), ["sha256"] = new string('a', 64) };
        await agent.DesireAsync(new() { ["VirtualMachine/edge"] = new JsonObject { ["driver"] = "qemu", ["memory"] = "64Mi", ["disk"] = new JsonObject { ["size"] = "64Mi", ["image"] = image } } });
        await Eventually.TrueAsync("the agent knows the machine", () => agent.Status.Resources.Any(r => r.Name == "edge"));
        using var guest = await ConsoleOfGuest.StartAsync(agent.State("vms/edge"), "edge");
        await using var page = await browser.OpenAsync("admin");

        await page.GoAsync("devices/shell-3");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Console of VirtualMachine/edge" }).ClickAsync();
        await page.Page.GetByText("Connected.").WaitForAsync();
        var screen = page.Page.GetByRole(AriaRole.Region, new() { Name = "Screen" });
        await Eventually.TrueAsync("it shows what was shown before", async () => (await screen.InnerTextAsync()).Contains("Booting edge", StringComparison.Ordinal));
        await page.Page.Keyboard.TypeAsync("hello");
        await Eventually.TrueAsync("it has answered", async () => (await screen.InnerTextAsync()).Contains("<hello>", StringComparison.Ordinal));

        await using var second = await browser.OpenAsync("admin");
        await second.GoAsync("devices/shell-3/console?resource=VirtualMachine/edge");
        await second.Page.GetByText("It can't be attached to: somebody is attached to the console of VirtualMachine/edge already").WaitForAsync();
        guest.End();
        await page.Page.GetByText("The machine has ended.").WaitForAsync();

        page.Problems.Should().BeEmpty();
        agent.Events().Should().Contain(e => e.Reason == "ConsoleAttached" && e.User!.StartsWith("admin at", StringComparison.Ordinal));
        await using var otto = await browser.OpenAsync("otto");
        await otto.GoAsync("devices/shell-3/console?resource=VirtualMachine/edge");
        await otto.Page.GetByText("Consoles of machines are for administrators").WaitForAsync();
    }

    [Fact]
    public async Task What_does_not_run_is_said_and_who_may_not_is_told_so()
    {
        await using var agent = await AgentAtHub.StartAsync(browser.Portal.Hub, "shell-2", "hello");
        await using var admin = await browser.OpenAsync("admin");
        await admin.GoAsync("devices/shell-2/terminal");
        await admin.Page.GetByText("It could not be opened").WaitForAsync();
        await admin.GoAsync("devices/shell-2/terminal?resource=EdgeModule/none");
        await admin.Page.GetByText("It can't be run: the device has no EdgeModule/none").WaitForAsync();
        await admin.GoAsync("devices/shell-2/console?resource=VirtualMachine/none");
        await admin.Page.GetByText("It can't be attached to: the device has no VirtualMachine/none").WaitForAsync();
        await using var otto = await browser.OpenAsync("otto");

        await otto.GoAsync("devices/shell-2/terminal");

        await otto.Page.GetByText("Commands on devices are for administrators").WaitForAsync();
        (await otto.Page.Locator("[data-terminal]").CountAsync()).Should().Be(0);
    }

    [Theory]
    [InlineData("https://evil.example", false)]
    [InlineData("null", false)]
    [InlineData(null, false)]
    [InlineData("own", true)]
    public async Task No_other_site_opens_a_terminal(string? origin, bool isLetIn)
    {
        var client = await browser.Portal.ClientAsync("admin");
        await client.GetAsync("");
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Cookie", string.Join("; ", client.Cookies.Select(c => $"{c.Key}={c.Value}")));
        if (origin is not null)
            socket.Options.SetRequestHeader("Origin", origin == "own" ? $"https://{browser.Portal.Hub.Host}" : origin);

        var open = () => socket.ConnectAsync(new($"wss://{browser.Portal.Hub.Host}/portal/live/exec/till-00001?resource=Host/device"), browser.Portal.Hub.Client, CancellationToken.None);

        await open.Should().ThrowAsync<WebSocketException>();
        ((int)socket.HttpStatusCode).Should().Be(isLetIn ? 404 : 403, "the device is not connected, which is found out by who is let in");
    }
}
