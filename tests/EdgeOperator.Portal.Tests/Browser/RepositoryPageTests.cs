using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EdgeOperator.Hub.Tests;
using EdgeOperator.Hub.Tests.Agent;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;
using Microsoft.Playwright;

namespace EdgeOperator.Portal.Tests.Browser;

/// <summary>A repository is followed in the portal, and what its commits would do is seen before they are merged.</summary>
[Collection(BrowserUnderTest.Name)]
public sealed class RepositoryPageTests(BrowserUnderTest browser) : IAsyncLifetime
{
    private const string Secret = "between you and me";

    private readonly TempFolder _files = new("files");
    private Repository? _git;
    private PortalUnderTest? _portal;
    private AgentAtHub? _agent;

    private HubUnderTest Hub => _portal!.Hub;

    public async Task InitializeAsync()
    {
        _portal = await PortalUnderTest.StartAsync(devices: 0, $"\nrepositories: {{files: {_files}, local: true}}\n");
        _git = await Repository.CreateAsync();
        _agent = await AgentAtHub.JoinAsync(Hub, "real");
        await Eventually.TrueAsync("the device has joined", async () => (await Hub.CallAsync("PATCH", "api/v1/devices/real/labels", """{"role":"till"}""")).Status == HttpStatusCode.OK);
        await Hub.CreateDeviceAsync("silent");
        await Hub.CallAsync("PATCH", "api/v1/devices/silent/labels", """{"role":"till"}""");
    }

    public async Task DisposeAsync()
    {
        if (_agent is not null)
            await _agent.DisposeAsync();
        if (_portal is not null)
            await _portal.DisposeAsync();
        _git?.Dispose();
        _files.Dispose();
    }

    [Fact]
    public async Task An_operator_sees_how_far_it_is_approves_a_large_removal_and_plans_a_commit_for_fleet_and_device()
    {
        var first = await _git!.CommitAsync(Fleet("till"), Fleet("scale"), Content("till", "one"), Content("scale", "one"));
        var spec = new JsonObject { ["url"] = _git.Url, ["path"] = "fleets", ["interval"] = "1d", ["webhook"] = new JsonObject { ["secretFile"] = _files.Write("webhook", Secret) } };
        (await Hub.CallAsync("PUT", "api/v1/repositories/shop", new JsonObject { ["spec"] = spec }.ToJsonString())).Status.Should().Be(HttpStatusCode.OK);
        await using var page = await browser.OpenAsync("otto", portal: _portal);
        await page.GoAsync("repositories");
        await page.Page.GetByText($"main@{first[..7]}").WaitForAsync();
        (await page.Page.Locator(".card").InnerTextAsync()).Should().Contain(", commit found by request").And.Contain("not asked for").And.Contain("Fleet/scales").And.Contain("edgeop hub repositories sync shop");
        await Eventually.TrueAsync("the device has it, and has sent a snapshot", async () => (await Hub.CallAsync("GET", "api/v1/devices/real/snapshot")).Body is { } snapshot && snapshot["files"]?[_agent!.File] is not null && snapshot["lastGood"] is not null);

        // Nobody has the page read again: it follows by itself.
        await page.Page.EvaluateAsync("window.same = true");
        var second = await _git.CommitAsync(Fleet("till"), Content("till", "two"));
        await PushedAsync();
        await page.Page.GetByText("ApprovalNeeded").WaitForAsync();
        (await page.BarriersAsync("a repository that waits")).Should().BeEmpty();
        var approve = page.Page.Locator("form", new() { HasText = $"edgeop hub repositories approve shop --commit {second}" });
        await approve.GetByLabel("I am sure").CheckAsync();
        await approve.GetByRole(AriaRole.Button, new() { Name = $"Approve {second[..8]} of shop" }).ClickAsync();
        await page.Page.GetByText($"{second} of shop is approved.").WaitForAsync();
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Fleet/scales" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await page.Page.GetByText($"main@{second[..7]}").WaitForAsync();

        var third = await _git.CommitAsync(Fleet("till"), Content("till", "three"));
        await PushedAsync();
        await page.Page.GetByText($"main@{third[..7]}").WaitForAsync();
        await page.Page.GetByText(", commit found by webhook").WaitForAsync();
        await Eventually.TrueAsync("the device has it", () => File.ReadAllText(_agent!.File) == "three");
        await Eventually.TrueAsync("its snapshot is of it", async () => (string?)(await Hub.CallAsync("GET", "api/v1/devices/real/snapshot")).Body!["files"]![_agent!.File]!["contentHash"] == Convert.ToHexStringLower(SHA256.HashData("three"u8)));
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Sync now shop" }).ClickAsync();
        await page.Page.GetByText("shop is being fetched.").WaitForAsync();

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Fleet/tills" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Textbox, new() { Name = "Commit" }).FillAsync(second[..8].ToUpperInvariant());
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.GetByRole(AriaRole.Heading, new() { Name = second[..8] }).WaitForAsync();
        (await page.Page.Locator(".tiles").InnerTextAsync()).ReplaceLineEndings(" ").Should().Contain("1 would change").And.Contain("1 can't be planned for");
        (await page.Page.Locator("pre").InnerTextAsync()).Should().Contain(_agent!.File);
        (await page.Page.Locator("main").InnerTextAsync()).Should().Contain("it has sent no snapshot of itself yet").And.Contain("the revision's artifact").And.Contain($"edgeop hub plan tills --commit {second[..8]}");
        (await page.BarriersAsync("the plan of a fleet")).Should().BeEmpty();
        await page.ShootAsync("fleet-planned-1440");
        await page.Page.SetViewportSizeAsync(390, 900);
        (await page.BarriersAsync("the plan of a fleet at 390")).Should().BeEmpty();
        await page.ShootAsync("fleet-planned-390");

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "real" }).First.ClickAsync();
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Plan a commit for this device" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Textbox, new() { Name = "Commit" }).FillAsync(second);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Plan", Exact = true }).ClickAsync();
        await page.Page.GetByText("1 would change").WaitForAsync();
        (await page.Page.Locator("main").InnerTextAsync()).Should().NotContain("no snapshot").And.Contain($"edgeop hub plan tills --commit {second} --device real");
        await page.GoAsync("devices/real/plan?commit=ffffffff");
        await page.Page.GetByText("no branch or tag of shop has a commit ffffffff").WaitForAsync();
        page.Problems.Where(problem => !problem.Contains("status of 400", StringComparison.Ordinal)).Should().BeEmpty();
    }

    private async Task PushedAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"https://{Hub.Host}/api/v1/webhooks/shop")) { Content = new StringContent("{}") };
        request.Headers.Add("X-Gitlab-Token", Secret);
        (await Hub.Client.SendAsync(request)).StatusCode.Should().Be(HttpStatusCode.NoContent);
    }

    private static (string Path, string Content) Fleet(string role) => ($"fleets/{role}.yaml", $$"""
        apiVersion: edgeoperator.io/v1alpha1
        kind: Fleet
        metadata: {name: {{role}}s}
        spec:
          selector: {matchLabels: {role: {{role}} } }
          source: {path: devices/{{role}} }
        """);

    private (string Path, string Content) Content(string role, string content) => ($"devices/{role}/greeting.yaml", $$"""
        apiVersion: edgeoperator.io/v1alpha1
        kind: ConfigFile
        metadata: {name: greeting}
        spec: {path: "{{_agent!.File}}", content: "{{content}}"}
        """);
}
