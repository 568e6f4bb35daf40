using System.Net;
using Deque.AxeCore.Playwright;
using EdgeOperator.Hub.Tests;
using Microsoft.Playwright;

namespace EdgeOperator.Portal.Tests.Browser;

/// <summary>Debian's Chromium, and a hub with ten thousand devices.</summary>
public sealed class BrowserUnderTest : IAsyncLifetime
{
    public const string Name = "the browser";
    public const int Devices = 10_000;

    private QuietNetwork? _network;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public PortalUnderTest Portal { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Portal = await PortalUnderTest.StartAsync(Devices);
        (await Portal.Hub.CallAsync("PUT", "enrollmentGroups/line-4", """{"enrollmentGroupId":"line-4","attestation":{"type":"symmetricKey"}}""", await Portal.Hub.LoginAsync("admin"))).Status.Should().Be(HttpStatusCode.OK);
        (await Portal.Hub.CallAsync("POST", "api/v1/tokens", """{"name":"dashboard in the shop","role":"Viewer","days":90}""", await Portal.Hub.LoginAsync("vera"))).Status.Should().Be(HttpStatusCode.OK);
        await Samples.AskToJoinAsync(Portal.Hub, "till-90001", """{"agentVersion":"0.1.0","os":"Debian GNU/Linux 12","machine":"till-90001"}""");
        await Samples.WriteFleetAsync(Portal.Hub, "tills", "till", new string('4', 40), """{"batches":[{"name":"lima","selector":{"matchLabels":{"site":"lima"}}},{"name":"oslo","selector":{"matchLabels":{"site":"oslo"}},"approval":"Manual","soak":"30m"}],"disruptionBudget":{"groupBy":["site"],"maxUnavailable":"10%"}}""");
        _playwright = await Playwright.CreateAsync();
        _network = new(Executable());
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = _network.Executable, Args = ["--no-sandbox", "--disable-gpu", .. _network.Arguments] });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_network is not null)
            await _network.DisposeAsync();
        await Portal.DisposeAsync();
    }

    /// <summary>A page of somebody's own, which notes what goes wrong in it.</summary>
    /// <param name="user">Who signs in; null for nobody.</param>
    /// <param name="portal">Null for the one with ten thousand devices.</param>
    public async Task<WatchedPage> OpenAsync(string? user, int width = 1440, ColorScheme scheme = ColorScheme.Light, PortalUnderTest? portal = null)
    {
        var context = await _browser!.NewContextAsync(new() { IgnoreHTTPSErrors = true, ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
        var page = new WatchedPage(await context.NewPageAsync(), (portal ?? Portal).Address);
        if (user is not null)
            await SignInAsync(page, user);
        return page;
    }

    private static async Task SignInAsync(WatchedPage page, string user)
    {
        await page.GoAsync("sign-in");
        await page.Page.GetByLabel("Name").FillAsync(user);
        await page.Page.GetByLabel("Password").FillAsync(Accounts.Password);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Heading, new() { Name = "Overview" }).WaitForAsync();
    }

    private static string Executable() =>
        new[] { Environment.GetEnvironmentVariable("CHROMIUM_BIN"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("there is no Chromium: `make deps` installs it, or CHROMIUM_BIN names it");
}

[CollectionDefinition(BrowserUnderTest.Name)]
public sealed class AtBrowser : ICollectionFixture<BrowserUnderTest>;

/// <summary>A page in the browser, and whatever its console, its scripts and its requests complain of.</summary>
public sealed class WatchedPage : IAsyncDisposable
{
    private readonly List<string> _problems = [];
    private readonly string _address;

    public WatchedPage(IPage page, string address)
    {
        (Page, _address) = (page, address);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                _problems.Add($"{message.Type}: {message.Text} ({message.Location})");
        };
        page.PageError += (_, error) => _problems.Add($"script: {error}");
        page.Dialog += (_, dialog) =>
        {
            _problems.Add($"dialog: {dialog.Message}");
            _ = dialog.DismissAsync();
        };
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(new Uri(address).GetLeftPart(UriPartial.Authority), StringComparison.Ordinal))
                _problems.Add($"a request to {request.Url}");
        };
    }

    public IPage Page { get; }

    public IReadOnlyList<string> Problems => _problems;

    /// <returns>The status, and how long the server took, in milliseconds.</returns>
    public async Task<(int Status, double Milliseconds)> GoAsync(string path)
    {
        var answer = await Page.GotoAsync(path.Length == 0 ? _address : $"{_address}/{path}", new() { WaitUntil = WaitUntilState.Load });
        return (answer!.Status, answer.Request.Timing.ResponseStart - answer.Request.Timing.RequestStart);
    }

    /// <summary>What keeps people from using the page as it is now, and what is wider than the screen.</summary>
    public async Task<IReadOnlyList<string>> BarriersAsync(string name)
    {
        var found = (await Page.RunAxe()).Violations.Where(v => v.Impact is "serious" or "critical").Select(v => $"{name}: {v.Id}: {v.Help}: {string.Join(" | ", v.Nodes.Take(3).Select(n => n.Html))}").ToList();
        if (await Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"))
            found.Add($"{name} is wider than the screen");
        return found;
    }

    /// <summary>For whoever wants to see it.</summary>
    public async Task ShootAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("EDGEOP_SCREENSHOTS") is { } folder)
            await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true });
    }

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
}
