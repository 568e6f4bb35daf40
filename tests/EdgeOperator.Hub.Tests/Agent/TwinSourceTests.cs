using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Agent.Sources;
using EdgeOperator.Agent.Sources.Twin;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Agent;

/// <summary>The agent's twin source against a real hub.</summary>
[Collection(SharedHub.Name)]
public sealed class TwinSourceTests(SharedHub shared) : IDisposable
{
    private const string Manifests = """{"properties":{"desired":{"edgeoperator":{"manifests":{"ConfigFile/motd":{"path":"/etc/motd","content":"hello"}} } } } }""";

    private readonly TempFolder _folder = new("twin");

    private HubUnderTest Hub => shared.Hub;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Manifests_in_the_twin_are_fetched_once_and_again_when_they_change()
    {
        var source = await ByKeyAsync("twin-key");
        var woken = new SemaphoreSlim(0);
        using var stop = new CancellationTokenSource();
        var watching = source.WatchAsync(() => woken.Release(), stop.Token);
        await Hub.CallAsync("PATCH", "twins/twin-key", Manifests);

        var first = (await source.FetchAsync(new(null), CancellationToken.None)).Should().BeOfType<FetchResult.Fetched>().Which.Artifact;
        (await source.FetchAsync(new(first.Id), CancellationToken.None)).Should().BeOfType<FetchResult.Unchanged>();
        await Hub.CallAsync("PATCH", "twins/twin-key", Manifests.Replace("hello", "good bye", StringComparison.Ordinal));
        (await woken.WaitAsync(Eventually.Deadline)).Should().BeTrue();
        var second = (await source.FetchAsync(new(first.Id), CancellationToken.None)).Should().BeOfType<FetchResult.Fetched>().Which.Artifact;

        first.Files.Single().Path.Should().Be("ConfigFile-motd.json");
        Encoding.UTF8.GetString(first.Files[0].Content.Span).Should().Be("""{"apiVersion":"edgeoperator.io/v1alpha1","kind":"ConfigFile","metadata":{"name":"motd"},"spec":{"path":"/etc/motd","content":"hello"}}""");
        second.Id.Should().NotBe(first.Id);
        await stop.CancelAsync();
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Fact]
    public async Task A_deployment_for_edgeAgent_is_one_more_file()
    {
        var source = await ByKeyAsync("twin-edge", ",\"capabilities\":{\"iotEdge\":true}");
        await Hub.CallAsync("POST", "devices/twin-edge/applyConfigurationContent", """{"modulesContent":{"$edgeAgent":{"properties.desired":{"schemaVersion":"1.1","modules":{} } } } }""");

        var artifact = (await source.FetchAsync(new(null), CancellationToken.None)).Should().BeOfType<FetchResult.Fetched>().Which.Artifact;

        artifact.Files.Single().Path.Should().Be("deployment.json");
        Encoding.UTF8.GetString(artifact.Files[0].Content.Span).Should().Be("""{"modulesContent":{"$edgeAgent":{"properties.desired":{"schemaVersion":"1.1","modules":{}}}}}""");
    }

    [Fact]
    public async Task Only_what_has_changed_is_reported_and_what_another_run_left_is_removed()
    {
        var source = await ByKeyAsync("twin-report");
        await source.FetchAsync(new(null), CancellationToken.None);
        var status = new DeviceStatus { Device = "twin-report", AgentVersion = "1", Resources = [File("a", "in sync"), File("b", "in sync")] };

        foreach (var report in (DeviceStatus[])[status, status with { Resources = [File("a", "in sync"), File("b", "missing")] }, status with { Resources = [File("a", "in sync"), File("b", "missing")] }])
            (await source.ReportAsync(report, isPickedUp: true, CancellationToken.None)).Should().BeTrue();
        var reported = (await Hub.CallAsync("GET", "twins/twin-report")).Body!["properties"]!["reported"]!;
        await source.DisposeAsync();
        await source.FetchAsync(new(null), CancellationToken.None);
        await source.ReportAsync(status with { Resources = [File("a", "in sync")] }, isPickedUp: true, CancellationToken.None);

        reported["edgeoperator"]!["resources"]!["ConfigFile/b"]!["state"]!.GetValue<string>().Should().Be("missing");
        reported["$version"]!.GetValue<int>().Should().Be(3);
        reported["$metadata"]!["edgeoperator"]!["agentVersion"]!["$lastUpdated"]!.GetValue<string>().Should().NotBe(reported["$metadata"]!["edgeoperator"]!["resources"]!["ConfigFile/b"]!["state"]!["$lastUpdated"]!.GetValue<string>());
        (await Hub.CallAsync("GET", "twins/twin-report")).Body!["properties"]!["reported"]!["edgeoperator"]!["resources"]!.AsObject().Select(r => r.Key).Should().Equal("ConfigFile/a");
        await source.DisposeAsync();
    }

    [Fact]
    public async Task What_becomes_of_a_deployment_is_reported_as_IoT_Edge_s_own_agent_reports_it()
    {
        var source = await ByKeyAsync("twin-reporting-edge", ",\"capabilities\":{\"iotEdge\":true}");
        await Hub.CallAsync("POST", "devices/twin-reporting-edge/applyConfigurationContent", """
            {"modulesContent":{"$edgeAgent":{"properties.desired":{"schemaVersion":"1.1","runtime":{"type":"docker"},"systemModules":{},"modules":{
              "web":{"type":"docker","version":"1.0","status":"running","restartPolicy":"always","settings":{"image":"nginx:1.27","createOptions":"{}"}}}}}}}
            """);
        await source.FetchAsync(new(null), CancellationToken.None);
        var revision = new RevisionStatus("r", "r");
        var web = new ResourceStatus { Kind = "EdgeModule", Name = "web", State = "running", Details = ImmutableSortedDictionary<string, string>.Empty.Add("restarts", "2") };
        var status = new DeviceStatus { Device = "d", AgentVersion = "1", Desired = revision, LastGood = revision, Resources = [web] };

        await source.ReportAsync(status, isPickedUp: true, CancellationToken.None);
        var reported = (await Hub.CallAsync("GET", "twins/twin-reporting-edge/modules/%24edgeAgent")).Body!["properties"]!["reported"]!;
        await Hub.CallAsync("POST", "devices/twin-reporting-edge/applyConfigurationContent", """{"modulesContent":{"$edgeAgent":{"properties.desired":{"schemaVersion":"1.1","modules":{} } } } }""");
        await source.FetchAsync(new(null), CancellationToken.None);
        await source.ReportAsync(status with { Resources = [], Desired = new("s", "s") }, isPickedUp: true, CancellationToken.None);
        var after = (await Hub.CallAsync("GET", "twins/twin-reporting-edge/modules/%24edgeAgent")).Body!["properties"]!["reported"]!;

        reported["lastDesiredStatus"]!["code"]!.GetValue<int>().Should().Be(200);
        reported["lastDesiredVersion"]!.GetValue<int>().Should().Be(2);
        reported["modules"]!["web"]!["runtimeStatus"]!.GetValue<string>().Should().Be("running");
        reported["modules"]!["web"]!["restartCount"]!.GetValue<int>().Should().Be(2);
        reported["modules"]!["web"]!["settings"]!["createOptions"]!.GetValue<string>().Should().Be("{}");
        after["lastDesiredVersion"]!.GetValue<int>().Should().Be(3);
        after["lastDesiredStatus"]!["code"]!.GetValue<int>().Should().Be(406);
        after["modules"]!.AsObject().Should().BeEmpty();
        await source.DisposeAsync();
    }

    [Fact]
    public async Task A_device_without_credentials_enrolls_and_fetches_once_it_is_approved()
    {
        var source = new TwinSource(Configuration("twin-enrolled"), _folder.Path, new(), TimeProvider.System);

        var pending = (await source.FetchAsync(new(null), CancellationToken.None)).Should().BeOfType<FetchResult.Failed>().Which;
        var id = pending.Message.Split("request ")[1];
        await Hub.CallAsync("POST", $"api/v1/enrollments/{id}/approve");
        await Hub.CallAsync("PATCH", "twins/twin-enrolled", Manifests);
        var fetched = await source.FetchAsync(new(null), CancellationToken.None);

        pending.Reason.Should().Be("EnrollmentPending");
        fetched.Should().BeOfType<FetchResult.Fetched>().Which.Artifact.Files.Should().ContainSingle();
        System.IO.File.GetUnixFileMode(Path.Combine(_folder, "device.key")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task A_hub_that_is_away_or_says_no_is_a_failure_with_its_reason()
    {
        var source = await ByKeyAsync("twin-removed");
        await Hub.CallAsync("DELETE", "devices/twin-removed", match: "*");
        var away = new TwinSource(Configuration("twin-removed") with { Hub = "127.255.255.254", KeyFile = Path.Combine(_folder, "key") }, _folder.Path, new(), TimeProvider.System);

        (await source.FetchAsync(new(null), CancellationToken.None)).Should().BeOfType<FetchResult.Failed>().Which.Reason.Should().Be("AuthenticationFailed");
        (await away.FetchAsync(new(null), CancellationToken.None)).Should().BeOfType<FetchResult.Failed>().Which.Reason.Should().Be("Unreachable");
    }

    [Fact]
    public async Task A_connection_s_end_has_the_source_polled_and_an_attempt_that_failed_has_not()
    {
        var source = await ByKeyAsync("twin-ended");
        var sameKey = Configuration("twin-ended") with { KeyFile = Path.Combine(_folder, "key") };
        await using var other = new TwinSource(sameKey, _folder.Path, new(), TimeProvider.System);
        await using var away = new TwinSource(sameKey with { Hub = "127.255.255.254" }, _folder.Path, new(), TimeProvider.System);
        using var woken = new SemaphoreSlim(0);
        var attempts = 0;
        using var stop = new CancellationTokenSource();
        Task[] watching = [source.WatchAsync(() => woken.Release(), stop.Token), away.WatchAsync(() => attempts++, stop.Token)];
        await source.FetchAsync(new(null), CancellationToken.None);

        for (var i = 0; i < 20; i++)
            (await away.FetchAsync(new(null), CancellationToken.None)).Should().BeOfType<FetchResult.Failed>();
        await other.FetchAsync(new(null), CancellationToken.None);

        (await woken.WaitAsync(Eventually.Deadline)).Should().BeTrue();
        attempts.Should().Be(0);
        await stop.CancelAsync();
        await Task.WhenAll(watching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await source.DisposeAsync();
    }

    private static ResourceStatus File(string name, string state) => new() { Kind = "ConfigFile", Name = name, State = state };

    private async Task<TwinSource> ByKeyAsync(string device, string extra = "")
    {
        var key = _folder.Write("key", await Hub.CreateDeviceAsync(device, extra));
        return new(Configuration(device) with { KeyFile = key }, _folder.Path, new(), TimeProvider.System);
    }

    private TwinSourceConfiguration Configuration(string device) => new() { Name = "twin", Hub = Hub.Host, DeviceId = device, CaFile = Hub.CaFile };
}
