using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Hub.Tests.Agent;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Cli;

/// <summary>Finding out what is wrong with a device from afar.</summary>
public sealed class SupportVerbTests(LoggedInHub logged) : IClassFixture<LoggedInHub>
{
    private HubCommandLine Edgeop => logged.Edgeop;

    private HubUnderTest Hub => logged.Hub;

    [Fact]
    public async Task A_device_looks_at_itself_when_its_hub_asks()
    {
        await using var agent = await AgentAtHub.StartAsync(Hub, "checked-by-hub", "hello");

        var (code, output, error) = await Edgeop.RunAsync(["check", "checked-by-hub"]);
        var report = JsonNode.Parse((await Edgeop.RunAsync(["check", "checked-by-hub", "-o", "json"])).Out)!;

        error.Should().BeEmpty();
        code.Should().Be(report["checks"]!.AsArray().Any(c => (string?)c!["verdict"] == "Error") ? 1 : 0);
        output.Should().MatchRegex($"ok      hub +{Hub.Host}:443 is reached and trusted\n").And.MatchRegex("ok      clock +it agrees with that of ").And.MatchRegex("ok      certificates +the certificate of the device at .* is good until").And.Contain("checked-by-hub: ");
    }

    [Fact]
    public async Task A_support_bundle_comes_over_a_connection_that_the_device_opens_and_has_no_secrets()
    {
        using var folder = new TempFolder("bundle");
        await using var engine = await PrivateEngine.StartAsync();
        var image = await TestImage.Running("leaky", "1", "echo \"the password=hunter2 is here\"; trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done").LoadAsync(engine);
        await using var agent = await AgentAtHub.StartAsync(Hub, "bundled", "hello", engine.Socket);
        await agent.DesireAsync(new() { ["EdgeModule/leaky"] = new JsonObject { ["image"] = image, ["imagePullPolicy"] = "never", ["env"] = new JsonObject { ["DB_PASSWORD"] = "swordfish" } } });
        await Eventually.TrueAsync("the module runs", () => agent.Status.Resources.Any(r => r is { Name: "leaky", State: "running" }), Eventually.Slow);

        await Edgeop.OkAsync("support-bundle", "bundled", "--file", folder.File("bundle.tar.gz"), "--reason", "ticket 7");

        var files = await ReadAsync(folder.File("bundle.tar.gz"));
        files.Keys.Should().Contain("README.txt", "check.json", "host.json", "status.json", "events.json", "history.json", "resources/EdgeModule/leaky.json", "logs/EdgeModule/leaky.log", "system/etc/os-release");
        files["logs/EdgeModule/leaky.log"].Should().Contain("the password=*** is here");
        files["resources/EdgeModule/leaky.json"].Should().Contain("DB_PASSWORD").And.Contain("***");
        string.Concat(files.Values).Should().NotContain("swordfish").And.NotContain("hunter2").And.NotContain("PRIVATE KEY-----");
        JsonNode.Parse(files["status.json"])!["device"]!.GetValue<string>().Should().Be("bundled");
        File.GetUnixFileMode(folder.File("bundle.tar.gz")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        agent.Events().Should().Contain(e => e.Reason == "SupportBundleRequested" && e.Message.EndsWith("(ticket 7)", StringComparison.Ordinal));
        (await Hub.CallAsync("GET", "api/v1/audit?limit=1000")).Body!.AsArray().Should().Contain(e => e!["action"]!.GetValue<string>().StartsWith("supportBundle", StringComparison.Ordinal) && e["target"]!.GetValue<string>() == "bundled");
    }

    [Fact]
    public async Task A_device_that_is_away_gives_no_bundle_and_leaves_no_file()
    {
        using var folder = new TempFolder("bundle");
        await Hub.CreateDeviceAsync("away-from-help");

        var (code, _, error) = await Edgeop.RunAsync(["support-bundle", "away-from-help", "--file", folder.File("bundle.tar.gz")]);

        (code, File.Exists(folder.File("bundle.tar.gz"))).Should().Be((1, false), error);
        error.Should().StartWith("error: ");
    }

    [Fact]
    public async Task An_agent_tells_its_hub_how_busy_and_how_full_the_device_is_and_when_certificates_end()
    {
        await using var agent = await AgentAtHub.StartAsync(Hub, "measured", "hello");

        JsonNode? figures = null;
        await Eventually.TrueAsync("the figures are there", async () => (figures = (await Hub.CallAsync("GET", "api/v1/devices/measured/figures")).Body)?["points"] is not null);
        var report = (await Hub.CallAsync("GET", "twins/measured")).Body!["properties"]!["reported"]!["edgeoperator"]!;

        figures!["latest"]!["memoryTotal"]!.GetValue<long>().Should().BePositive();
        figures["points"]!.AsArray().Should().ContainSingle().Which!["memory"]!.GetValue<int>().Should().BeInRange(1, 100);
        await Eventually.TrueAsync("the twin has it", async () => (report = (await Hub.CallAsync("GET", "twins/measured")).Body!["properties"]!["reported"]!["edgeoperator"]!)["host"] is not null && report["certificates"]?.AsArray().Any(c => (bool)c!["renews"]!) == true);
        report["host"]!["memory"]!.GetValue<int>().Should().Match(percent => percent % 5 == 0);
        (await Hub.CallAsync("GET", "api/v1/telemetry?device=measured")).Body!.AsArray().Should().BeEmpty("it is for the hub, and no telemetry");
        await Hub.CallAsync("DELETE", "devices/measured", match: "*");
        (await Hub.CallAsync("GET", "api/v1/devices/measured/figures")).Status.Should().Be(System.Net.HttpStatusCode.NotFound);
    }

    private static async Task<Dictionary<string, string>> ReadAsync(string file)
    {
        var files = new Dictionary<string, string>();
        await using var tar = new TarReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        while (await tar.GetNextEntryAsync() is { } entry)
            files[entry.Name] = entry.DataStream is { } content ? await new StreamReader(content, Encoding.UTF8).ReadToEndAsync() : "";
        return files;
    }
}
