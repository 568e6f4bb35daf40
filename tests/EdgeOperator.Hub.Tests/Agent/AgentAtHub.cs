using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Agent;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Hub.Tests.Agent;

/// <summary>A real agent without an engine, enrolled at a hub, whose twin desires one file.</summary>
internal sealed class AgentAtHub : IAsyncDisposable
{
    private readonly TempFolder _folder = new("agent");
    private readonly HubUnderTest _hub;
    private readonly string _device;
    private readonly TimeProvider _time;
    private readonly AgentConfiguration _configuration;
    private CancellationTokenSource _stop = new();
    private EdgeAgent _agent;
    private Task _running;

    private AgentAtHub(HubUnderTest hub, string device, string? engine, string more, string sources, TimeProvider? time)
    {
        (_hub, _device, _time) = (hub, device, time ?? TimeProvider.System);
        Directory.CreateDirectory(Path.Combine(_folder, "files"));
        var configuration = AgentConfigurationReader.Read(new("agent.yaml", System.Text.Encoding.UTF8.GetBytes($$"""
            apiVersion: edgeoperator.io/v1alpha1
            kind: AgentConfiguration
            metadata: {name: agent}
            spec:
              device: {name: "{{device}}", labels: {kind: test} }
              sources: [{name: hub, twin: {hub: "{{hub.Host}}", caFile: "{{hub.CaFile}}", interval: 1s} }{{sources}}]
              engine: {socket: "{{engine ?? $"unix://{_folder.File("none.sock")}"}}", owner: "{{device}}"}
              stateDirectory: "{{_folder.File("state")}}"
              api: {socket: "{{_folder.File("edgeop.sock")}}", metrics: "off"}
              reconcile: {interval: 1s, stableFor: 0s}
              files: {allowedRoots: ["{{_folder.File("files")}}"]}
              {{more}}
            """)));
        configuration.Problems.Should().BeEmpty();
        _configuration = configuration.Configuration!;
        (_agent, _running) = Run();
    }

    /// <summary>The file that the twin desires.</summary>
    public string File => _folder.File("files/greeting");

    /// <summary>The key that the device has enrolled with.</summary>
    public string Key => State("sources/hub/device.key");

    /// <summary>A file of the agent's own.</summary>
    public string State(string path) => _folder.File($"state/{path}");

    public SourceStatus Source => _agent.Control.Status.Sources.Single();

    public DeviceStatus Status => _agent.Control.Status;

    /// <summary>Starts an agent, lets it join, and returns once it has what its twin desires.</summary>
    /// <param name="engine">The socket of a container engine; null for none.</param>
    /// <param name="more">Further settings of agent.yaml.</param>
    /// <param name="time">Its clock; null for the system's.</param>
    public static async Task<AgentAtHub> StartAsync(HubUnderTest hub, string device, string content, string? engine = null, string more = "", TimeProvider? time = null)
    {
        var agent = await JoinAsync(hub, device, engine, more, time: time);
        await agent.DesireAsync(new() { ["ConfigFile/greeting"] = new JsonObject { ["path"] = agent.File, ["content"] = content } });
        await Eventually.TrueAsync($"the file is there: {string.Join(", ", agent.Status.Conditions)}", () => agent.Status.Resources.Any(r => r.Name == "greeting") && System.IO.File.Exists(agent.File) && System.IO.File.ReadAllText(agent.File) == content);
        return agent;
    }

    /// <summary>Starts an agent, and lets it join. Its twin desires nothing yet.</summary>
    /// <param name="sources">More sources, each with a comma before it.</param>
    /// <inheritdoc cref="StartAsync"/>
    public static async Task<AgentAtHub> JoinAsync(HubUnderTest hub, string device, string? engine = null, string more = "", string sources = "", TimeProvider? time = null)
    {
        var agent = new AgentAtHub(hub, device, engine, more, sources, time);
        var id = "";
        await Eventually.TrueAsync("the device asks to join", async () =>
        {
            id = (await hub.CallAsync("GET", "api/v1/enrollments?state=Pending")).Body!.AsArray().FirstOrDefault(r => r!["deviceId"]!.GetValue<string>() == device)?["id"]!.GetValue<string>() ?? "";
            return id.Length > 0;
        });
        await hub.CallAsync("POST", $"api/v1/enrollments/{id}/approve");
        return agent;
    }

    public ImmutableArray<EventRecord> Events() => _agent.Control.Events(0, 1000, null);

    public async Task DesireAsync(JsonObject manifests) => await _hub.CallAsync(
        "PATCH", $"api/v1/devices/{_device}/twin", new JsonObject { ["properties"] = new JsonObject { ["desired"] = new JsonObject { ["edgeoperator"] = new JsonObject { ["manifests"] = manifests } } } }.ToJsonString());

    public async Task<(int Status, JsonNode? Answer)> InvokeAsync(string method, string payload = "{}")
    {
        var (status, body) = await _hub.CallAsync("POST", $"api/v1/devices/{_device}/methods/{method}", $$"""{"payload":{{payload}},"connectTimeoutInSeconds":10}""");
        status.Should().Be(System.Net.HttpStatusCode.OK, body?.ToJsonString());
        return (body!["status"]!.GetValue<int>(), body["payload"]);
    }

    /// <summary>Stops the agent; what it has stored stays.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _agent.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>Starts it again after <see cref="StopAsync"/>.</summary>
    public void Restart()
    {
        _stop = new();
        (_agent, _running) = Run();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }

    private (EdgeAgent Agent, Task Running) Run()
    {
        var agent = new EdgeAgent(_configuration, NullLoggerFactory.Instance, _time);
        return (agent, agent.RunAsync(_stop.Token));
    }
}
