using System.Net;
using System.Text;
using EdgeOperator.Agent.Sources;
using EdgeOperator.Agent.Sources.Twin;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Hub.Tests.Mqtt;
using EdgeOperator.Hub.Tests.Storage;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Faults;

/// <summary>A hub is backed up while it runs, and restored elsewhere.</summary>
[Collection(SharedPostgres.Name)]
public sealed class BackupTests(SharedPostgres shared)
{
    [Fact]
    public async Task A_copy_of_the_directory_that_the_hub_has_made_is_the_hub_as_it_was()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var key = await PrepareAsync(hub);

        await hub.CommandAsync("backup", hub.File("backup"));
        await ChangeAsync(hub);
        await hub.StopAsync();

        (await FluentActions.Awaiting(() => hub.CommandAsync("backup", hub.File("backup"))).Should().ThrowAsync<InvalidOperationException>()).WithMessage("*is not empty*");
        await using var restored = HubUnderTest.Prepare("", insteadOf: hub);
        Directory.Move(hub.File("backup"), restored.Data);
        await ShouldBeAsItWasAsync(restored, hub, key);
    }

    [Fact]
    public async Task A_dump_of_the_database_and_a_copy_of_the_keys_are_the_hub_as_it_was()
    {
        var (database, copy) = (await shared.Server.CreateDatabaseAsync(), await shared.Server.CreateDatabaseAsync());
        await using var hub = await HubUnderTest.StartAsync(shared.Server.Configuration(database));
        var key = await PrepareAsync(hub);

        (await hub.CommandAsync("backup", hub.File("backup"))).Should().Contain("pg_dump");
        await shared.Server.RunAsync("pg_dump", "--format=custom", $"--file={hub.File("hub.dump")}", database);
        await ChangeAsync(hub);
        await hub.StopAsync();

        await shared.Server.RunAsync("pg_restore", $"--dbname={copy}", hub.File("hub.dump"));
        await using var restored = HubUnderTest.Prepare(shared.Server.Configuration(copy), insteadOf: hub);
        Directory.Move(hub.File("backup"), restored.Data);
        await ShouldBeAsItWasAsync(restored, hub, key);
    }

    [Fact]
    public async Task An_agent_goes_back_to_the_twin_that_a_restored_hub_has_and_reports_to_it_anew()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var configuration = new TwinSourceConfiguration { Name = "twin", Hub = hub.Host, DeviceId = "d", CaFile = hub.CaFile, KeyFile = hub.File("key") };
        await File.WriteAllTextAsync(hub.File("key"), await hub.CreateDeviceAsync("d"));
        await using var agent = new TwinSource(configuration, hub.File("agent"), new(), TimeProvider.System);
        var status = new DeviceStatus { Device = "d", AgentVersion = "1" };
        var before = await FetchAsync(agent, await DesireAsync(hub, "old"));
        await hub.CommandAsync("backup", hub.File("backup"));
        var later = await FetchAsync(agent, await DesireAsync(hub, "new"));
        (await agent.ReportAsync(status, isPickedUp: true, default)).Should().BeTrue();
        await hub.StopAsync();

        await using var restored = HubUnderTest.Prepare("", insteadOf: hub);
        Directory.Move(hub.File("backup"), restored.Data);
        await restored.StartProcessAsync();
        await restored.ReadAccessAsync();

        before.Should().NotBe(later);
        await Eventually.SucceedsAsync(async () => (await FetchAsync(agent, "old")).Should().Be(before));
        (await agent.ReportAsync(status, isPickedUp: true, default)).Should().BeTrue();
        (await restored.CallAsync("GET", "twins/d")).Body!["properties"]!["reported"]!["edgeoperator"]!["agentVersion"]!.GetValue<string>().Should().Be("1");
    }

    private static async Task<string> DesireAsync(HubUnderTest hub, string content)
    {
        var patch = $$"""{"properties":{"desired":{"edgeoperator":{"manifests":{"ConfigFile/motd":{"path":"/etc/motd","content":"{{content}}"} } } } } }""";
        (await hub.CallAsync("PATCH", "twins/d", patch)).Status.Should().Be(HttpStatusCode.OK);
        return content;
    }

    /// <returns>The artifact's id.</returns>
    private static async Task<string> FetchAsync(TwinSource agent, string content)
    {
        var artifact = (await agent.FetchAsync(new(null), default)).Should().BeOfType<FetchResult.Fetched>().Which.Artifact;
        Encoding.UTF8.GetString(artifact.Files.Single().Content.Span).Should().Contain($"\"{content}\"");
        return artifact.Id;
    }

    private static async Task<string> PrepareAsync(HubUnderTest hub)
    {
        var key = await hub.CreateDeviceAsync("d");
        (await hub.CallAsync("PATCH", "twins/d", """{"tags":{"site":"berlin"},"properties":{"desired":{"a":1}}}""")).Status.Should().Be(HttpStatusCode.OK);
        return key;
    }

    private static async Task ChangeAsync(HubUnderTest hub)
    {
        await hub.CreateDeviceAsync("later");
        await hub.CallAsync("PATCH", "twins/d", """{"properties":{"desired":{"a":2}}}""");
    }

    private static async Task ShouldBeAsItWasAsync(HubUnderTest restored, HubUnderTest before, string key)
    {
        await restored.StartProcessAsync();
        await restored.ReadAccessAsync();
        restored.ConnectionString.Should().Be(before.ConnectionString);
        restored.Log.Should().NotContain("password");
        (await restored.CallAsync("GET", "devices/later")).Status.Should().Be(HttpStatusCode.NotFound);
        (await restored.CallAsync("POST", "devices/query", """{"query":"SELECT deviceId FROM devices WHERE tags.site = 'berlin'"}""")).Body!.ToJsonString().Should().Be("""[{"deviceId":"d"}]""");

        // The device had seen version 3; what it reads is what counts.
        var (client, acknowledgement) = await RawMqtt.ConnectAsync(restored, "d", key, clean: false);
        await using var device = client;
        acknowledgement[1].Should().Be(0);
        await device.SendAsync(RawMqtt.Subscribe(1, "$iothub/twin/res/#", "$iothub/twin/PATCH/properties/desired/#"));
        await device.ReceiveAsync();
        await device.SendAsync(RawMqtt.Publish("$iothub/twin/GET/?$rid=1", " "));
        (await device.ReceivePublishAsync()).Payload.Should().Contain("""{"a":1,"$version":2}""");
        (await restored.CallAsync("PATCH", "twins/d", """{"properties":{"desired":{"a":3}}}""")).Status.Should().Be(HttpStatusCode.OK);
        (await device.ReceivePublishAsync()).Payload.Should().Be("""{"a":3,"$version":3}""");
    }
}
