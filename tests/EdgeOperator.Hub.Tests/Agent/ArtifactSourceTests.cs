using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Nodes;
using EdgeOperator.Hub.Tests.Artifacts;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Agent;

/// <summary>A real agent whose twin names artifacts.</summary>
[Collection(SharedHub.Name)]
public sealed class ArtifactSourceTests(SharedHub shared)
{
    private HubUnderTest Hub => shared.Hub;

    [Fact]
    public async Task An_artifact_is_applied_together_with_the_twin_s_own_manifests_and_reported_as_what_runs()
    {
        await using var agent = await AgentAtHub.StartAsync(Hub, "artifact-both", "hello");
        var beside = Path.Combine(Path.GetDirectoryName(agent.File)!, "beside");
        var hash = await Hub.PushAsync(Packages.Of(
            ("site/beside.yaml", $$"""{"apiVersion": "edgeoperator.io/v1alpha1", "kind": "ConfigFile", "metadata": {"name": "beside"}, "spec": {"path": "{{beside}}", "source": "../files/beside.txt"} }"""),
            ("files/beside.txt", "from the artifact"),
            ("greeting.yaml", Packages.Greeting(agent.File, "overridden by the twin"))));

        await Hub.NameAsync("artifact-both", hash, "1a2b3c4");

        await Eventually.TrueAsync($"its file is there: {agent.Source.Ready}", () => File.Exists(beside) && File.ReadAllText(beside) == "from the artifact");
        File.ReadAllText(agent.File).Should().Be("hello");
        await Eventually.TrueAsync("it is reported as applied and good", async () => await ReportedAsync("artifact-both") is { } fleet
            && fleet["applied"]?["revision"]?.GetValue<string>() == "1a2b3c4" && fleet["lastGood"]?["digest"]?.GetValue<string>() == $"sha256:{hash}");
        agent.Status.Resources.Select(r => r.Name).Should().BeEquivalentTo("beside", "greeting");
    }

    [Fact]
    public async Task An_artifact_runs_on_without_the_hub_and_is_not_fetched_again()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var agent = await AgentAtHub.StartAsync(hub, "artifact-offline", "hello");
        await agent.DesireAsync(new() { ["ConfigFile/greeting"] = null });
        await hub.NameAsync("artifact-offline", await hub.PushAsync(Packages.Of(("g.yaml", Packages.Greeting(agent.File, "kept")))), "r1");
        await Eventually.TrueAsync("it is applied", () => File.ReadAllText(agent.File) == "kept");
        await hub.StopAsync();
        await Eventually.TrueAsync("the hub is missed", () => agent.Source.Ready.Reason == "Unreachable");

        File.Delete(agent.File);

        await Eventually.TrueAsync("it is healed", () => File.Exists(agent.File) && File.ReadAllText(agent.File) == "kept");
    }

    [Fact]
    public async Task What_has_another_digest_is_refused_and_what_runs_stays()
    {
        await using var agent = await AgentAtHub.StartAsync(Hub, "artifact-digest", "hello");
        var package = Packages.Of(("g.yaml", Packages.Greeting(agent.File, "right")));
        var hash = await Hub.PushAsync(package);
        File.WriteAllBytes(Stored(hash), Packages.Of(("g.yaml", Packages.Greeting(agent.File, "evil!"))));
        await agent.DesireAsync(new() { ["ConfigFile/greeting"] = null });

        await Hub.NameAsync("artifact-digest", hash, "r1");

        await Eventually.TrueAsync("it says so", () => agent.Source.Ready.Reason == "Corrupt");
        agent.Source.Ready.Message.Should().Contain("is not what its twin names").And.Contain(hash);
        File.ReadAllText(agent.File).Should().Be("hello");
        File.WriteAllBytes(Stored(hash), package);
        await Eventually.TrueAsync("the right one is taken", () => File.ReadAllText(agent.File) == "right");
    }

    [Fact]
    public async Task A_download_goes_on_from_what_is_on_the_disk()
    {
        await using var agent = await AgentAtHub.StartAsync(Hub, "artifact-resume", "hello");
        var package = Packages.Large(agent.File, "whole", 2_000_000);
        var hash = await Hub.PushAsync(package);
        await agent.DesireAsync(new() { ["ConfigFile/greeting"] = null });
        await Eventually.TrueAsync("the twin names nothing, and so nothing of a download is kept", () => agent.Status.Conditions.Any(c => c.Reason == "EmptyRevision"));
        Directory.CreateDirectory(agent.State("sources/hub/artifacts"));
        File.WriteAllBytes(agent.State($"sources/hub/artifacts/{hash}.part"), package[..1_500_000]);

        // Whoever began anew would get these.
        var tampered = package.ToArray();
        tampered.AsSpan(0, 1_500_000).Clear();
        File.WriteAllBytes(Stored(hash), tampered);

        await Hub.NameAsync("artifact-resume", hash, "r1");

        await Eventually.TrueAsync($"it is applied: {agent.Source.Ready}", () => File.ReadAllText(agent.File) == "whole");
    }

    [Fact]
    public async Task What_was_left_of_a_download_and_is_damaged_is_fetched_anew()
    {
        await using var agent = await AgentAtHub.StartAsync(Hub, "artifact-damaged", "hello");
        var package = Packages.Large(agent.File, "whole", 200_000);
        var hash = await Hub.PushAsync(package);
        await agent.DesireAsync(new() { ["ConfigFile/greeting"] = null });
        await Eventually.TrueAsync("the twin names nothing, and so nothing of a download is kept", () => agent.Status.Conditions.Any(c => c.Reason == "EmptyRevision"));
        Directory.CreateDirectory(agent.State("sources/hub/artifacts"));
        File.WriteAllBytes(agent.State($"sources/hub/artifacts/{hash}.part"), new byte[package.Length + 1000]);

        await Hub.NameAsync("artifact-damaged", hash, "r1");

        await Eventually.TrueAsync($"it is applied: {agent.Source.Ready}", () => File.ReadAllText(agent.File) == "whole");
    }

    [Fact]
    public async Task One_that_is_not_there_is_said_and_what_runs_stays()
    {
        await using var agent = await AgentAtHub.StartAsync(Hub, "artifact-missing", "hello");
        await agent.DesireAsync(new() { ["ConfigFile/greeting"] = new JsonObject { ["path"] = agent.File, ["content"] = "newer" } });
        await Eventually.TrueAsync("the twin is followed", () => File.ReadAllText(agent.File) == "newer");

        await Hub.NameAsync("artifact-missing", new('a', 64), "r1");

        await Eventually.TrueAsync("it is said", async () => agent.Source.Ready.Reason == "NotFound" && (await ReportAsync("artifact-missing"))?["sources"]?["hub"]?["reason"]?.GetValue<string>() == "NotFound");
        File.ReadAllText(agent.File).Should().Be("newer");
    }

    [Theory]
    [InlineData("../../../etc/cron.d/evil", "component ..")]
    [InlineData("/etc/cron.d/evil", "empty component")]
    [InlineData(null, "SymbolicLink")]
    public async Task A_package_that_reaches_out_of_itself_is_refused_and_what_runs_stays(string? path, string problem)
    {
        var name = $"artifact-hostile-{Guid.NewGuid():N}"[..32];
        await using var agent = await AgentAtHub.StartAsync(Hub, name, "hello");
        var hash = await Hub.PushAsync(Tar(path is null
            ? new PaxTarEntry(TarEntryType.SymbolicLink, "g.yaml") { LinkName = "/etc/shadow" }
            : new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream([1]) }));

        await Hub.NameAsync(name, hash, "r1");

        await Eventually.TrueAsync("it is refused", () => agent.Source.Ready.Reason == "Refused");
        agent.Source.Ready.Message.Should().Contain(problem).And.Contain("fleet (r1)");
        File.ReadAllText(agent.File).Should().Be("hello");
    }

    [Fact]
    public async Task The_device_s_credentials_go_to_its_hub_and_to_no_other_server()
    {
        await using var elsewhere = new RecordingServer();
        await using var agent = await AgentAtHub.StartAsync(Hub, "artifact-elsewhere", "hello");

        await Hub.NameAsync("artifact-elsewhere", new('b', 64), "r1", $"https://127.0.0.1:{elsewhere.Port}/a");

        await Eventually.TrueAsync("it is asked", () => elsewhere.Connections > 0);
        await Eventually.TrueAsync("its certificate is not trusted, though the hub's CA may be", () => agent.Source.Ready.Reason == "Unreachable");
        elsewhere.ClientCertificates.Should().Be(0);
        File.ReadAllText(agent.File).Should().Be("hello");
    }

    [Fact]
    public async Task An_artifact_that_is_not_named_any_more_goes_from_the_disk()
    {
        await using var agent = await AgentAtHub.StartAsync(Hub, "artifact-next", "hello");
        await agent.DesireAsync(new() { ["ConfigFile/greeting"] = null });
        var (one, two) = (await Hub.PushAsync(Packages.Of(("g.yaml", Packages.Greeting(agent.File, "one")))), await Hub.PushAsync(Packages.Of(("g.yaml", Packages.Greeting(agent.File, "two")))));
        await Hub.NameAsync("artifact-next", one, "r1");
        await Eventually.TrueAsync("one is applied", () => File.ReadAllText(agent.File) == "one");

        await Hub.NameAsync("artifact-next", two, "r2");
        await Eventually.TrueAsync("two is applied", () => File.ReadAllText(agent.File) == "two");

        Directory.GetFiles(agent.State("sources/hub/artifacts")).Select(Path.GetFileName).Should().Equal(two);
        await Eventually.TrueAsync("it is good", async () => (await ReportedAsync("artifact-next"))?["lastGood"]?["revision"]?.GetValue<string>() == "r2");
        (await agent.InvokeAsync("rollback")).Status.Should().Be(200);
        await Eventually.TrueAsync("the device goes back, without the hub's help", () => File.ReadAllText(agent.File) == "one");
        await Eventually.TrueAsync("and says so", async () => (await ReportedAsync("artifact-next"))?["applied"]?["revision"]?.GetValue<string>() == "r1");
    }

    private string Stored(string hash) => Path.Combine(Hub.Data, "artifacts", hash);

    private async Task<JsonNode?> ReportAsync(string device) => (await Hub.CallAsync("GET", $"twins/{device}")).Body!["properties"]!["reported"]!["edgeoperator"];

    private async Task<JsonNode?> ReportedAsync(string device) => (await ReportAsync(device))?["artifacts"]?["fleet"];

    private static byte[] Tar(TarEntry entry)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Pax))
            tar.WriteEntry(entry);
        return stream.ToArray();
    }
}
