using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Testing.Devices;

/// <summary>A device of its own for one test: a state folder, an <c>agent.yaml</c>, and an agent that can be started and killed.</summary>
public sealed class Device : IAsyncDisposable
{
    private readonly string _edgeop;
    private readonly PrivateEngine? _engine;
    private readonly TempFolder _folder = new("dev");
    private readonly ApiConnection _api;
    private GuardedProcess? _agent;

    /// <param name="edgeop">The path of the executable.</param>
    /// <param name="engine">Null for a device without one.</param>
    /// <param name="sourceUrl">A Git URL, or the path of a folder.</param>
    public Device(string edgeop, PrivateEngine? engine, string sourceUrl, DeviceOptions? options = null)
    {
        (_edgeop, _engine) = (edgeop, engine);
        Options = options ?? new();
        Owner = $"e2e-{Path.GetFileName(Root)}";
        StateFolder = Options.StateDirectory ?? _folder.File("state");
        Directory.CreateDirectory(StateFolder);
        Directory.CreateDirectory(FilesRoot);
        _api = new(ApiSocket);
        Configure(sourceUrl);
    }

    public DeviceOptions Options { get; }

    /// <summary>The folder of everything that belongs to the device.</summary>
    public string Root => _folder;

    /// <summary>The value of the ownership label.</summary>
    public string Owner { get; }

    public string StateFolder { get; }

    /// <summary>The only root that ConfigFiles may lie below.</summary>
    public string FilesRoot => Path.Combine(Root, "etc");

    /// <summary>The only root that shared folders of virtual machines may lie below.</summary>
    public string SharedRoot => Path.Combine(Root, "shared");

    /// <summary>Where virtual machines live.</summary>
    public string MachinesFolder => Path.Combine(StateFolder, "vms");

    /// <summary>Where function apps live.</summary>
    public string AppsFolder => $"{StateFolder}-apps";

    /// <summary>The path of the executable.</summary>
    public string Edgeop => _edgeop;

    public string ConfigurationFile => Path.Combine(Root, "agent.yaml");

    public string ApiSocket => Path.Combine(Root, "edgeop.sock");

    public int AgentId => _agent?.Id ?? throw new InvalidOperationException("the agent has not been started");

    public bool IsStarted => _agent is not null;

    public bool IsRunning => _agent?.IsRunning == true;

    /// <summary>What the agent has logged over all its lives.</summary>
    public string Log => _agent?.Log ?? "";

    /// <summary>Writes <c>agent.yaml</c>; an agent that runs reads it at SIGHUP.</summary>
    public void Configure(string sourceUrl, string? sourceInterval = null) => File.WriteAllText(
        ConfigurationFile,
        $$"""
        apiVersion: edgeoperator.io/v1alpha1
        kind: AgentConfiguration
        metadata:
          name: {{Owner}}
        spec:
          device:
            name: {{Owner}}
            labels: {site: lab}
            vars: {root: {{FilesRoot}}}
          sources:
            - name: fleet
              {{(sourceUrl.StartsWith('/') ? $"directory: {{path: {sourceUrl}}}" : $"git: {{url: \"{sourceUrl}\", interval: {sourceInterval ?? Options.SourceInterval}, timeout: {Options.SourceTimeout}{Verification}}}")}}
            {{(Options.Twin is { } twin ? $"- {{name: twin, twin: {twin}}}" : "")}}
          engine:
            socket: unix://{{_engine?.SocketPath ?? "/nowhere/engine.sock"}}
            owner: {{Owner}}
          stateDirectory: {{StateFolder}}
          api:
            socket: {{ApiSocket}}
            metrics: {{Options.Metrics}}
            {{(Options.ApiGroup is { } group ? $"group: {group}" : "")}}
          reconcile:
            interval: {{Options.Interval}}
            deadline: {{Options.Deadline}}
            stableFor: {{Options.StableFor}}
          files:
            allowedRoots: [{{FilesRoot}}]
          functions: {{{(Options.PublishingPort is { } port ? $"publishing: {{port: {port}}}" : "")}}}
          virtualMachines:
            sharedRoots: [{{SharedRoot}}]
          updates: {root: {{Options.UpdatesRoot}}{{(Options.AgentKey is { } key ? $", agentKeys: [{key}]" : "")}}{{(Options.RebootCommand is { } command ? $", rebootCommand: {command}" : "")}}}

        """);

    /// <summary>Starts the agent and waits until it answers.</summary>
    /// <param name="environment">Such as <c>NAME=value</c>.</param>
    public async Task StartAsync(params string[] environment)
    {
        Launch(environment);
        await Eventually.SucceedsAsync(async () =>
        {
            if (IsRunning)
                await StatusAsync();
        });
        if (!IsRunning)
            throw new InvalidOperationException($"the agent did not start:\n{Log}");
    }

    /// <summary>Starts the agent and waits for nothing.</summary>
    public void Launch(params string[] environment) => _agent = GuardedProcess.Start(
        _folder.File("agent.log"), EndHosts, ["env", .. environment, _edgeop, "agent", "--config", ConfigurationFile]);

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _agent!.Kill();
        await ExitedAsync();
    }

    /// <summary>SIGTERM, and the end of the process.</summary>
    public async Task TerminateAsync()
    {
        await Shell.RunAsync("kill", "-TERM", $"{AgentId}");
        await ExitedAsync();
    }

    public async Task ExitedAsync()
    {
        await Eventually.TrueAsync("the agent has ended", () => !IsRunning, Eventually.Slow);
        await _agent!.StopAsync();
    }

    /// <summary>Runs a verb against this device.</summary>
    public Task<Ran> EdgeopAsync(params string[] arguments) =>
        EdgeopProcess.RunAsync(_edgeop, Root, ["--config", ConfigurationFile, "--socket", ApiSocket, .. arguments]);

    public Task<DeviceStatus> StatusAsync() => _api.StatusAsync();

    /// <summary>The agent's metrics as Prometheus text.</summary>
    public Task<string> MetricsAsync() => _api.MetricsAsync();

    /// <summary>Asks for a fetch and a pass, and waits for its end.</summary>
    public Task ReconcileAsync() => _api.ReconcileAsync();

    /// <summary>Waits until a revision has passed its health gate and everything is Ready under it.</summary>
    public Task<DeviceStatus> ReachesAsync(string revision, TimeSpan? within = null) => SeesAsync(
        $"{revision[..7]} is the last good revision",
        status => status.LastGood?.Id == revision && status.Applied?.Id == revision && Is(status, Condition.Ready),
        within);

    /// <summary>Waits until the status fulfils a condition.</summary>
    /// <exception cref="TimeoutException">It never did; the message has the last status and the agent's log.</exception>
    public async Task<DeviceStatus> SeesAsync(string what, Func<DeviceStatus, bool> condition, TimeSpan? within = null)
    {
        DeviceStatus? last = null;
        try
        {
            return await Eventually.GetAsync(
                async () => condition(last = await StatusAsync()) ? last : throw new InvalidOperationException($"not yet: {what}"),
                within ?? Eventually.Slow);
        }
        catch (TimeoutException e)
        {
            var status = last is null ? "none" : JsonSerializer.Serialize(last, ProtocolJson.Default.DeviceStatus);
            throw new TimeoutException($"{e.Message}\nlast status: {status}\nagent's log:\n{Log}", e);
        }
    }

    private string Verification => Options.AllowedSigners is { } file ? $", verify: {{mode: signed, keys: {{allowedSigners: {file}}}}}" : "";

    public static bool Is(DeviceStatus status, string condition) =>
        status.Conditions.Any(c => c.Type == condition && c.Status == ConditionStatus.True);

    /// <summary>Ends the hosts of function apps and the machines, which outlive their agent: each leads a session, with what it started in it.</summary>
    private string EndHosts => $"for p in {AppsFolder}/*/process {StateFolder}/publishing/process {StateFolder}/updates/process {MachinesFolder}/*/process {MachinesFolder}/*/*/process {MachinesFolder}/*/*/*/process; do [ ! -e $p ] || {{ read -r id rest <$p; pkill -9 -s $id || true; }}; done";

    /// <summary>The containers that this device's agent made, running or not.</summary>
    public async Task<IReadOnlyList<Container>> ContainersAsync()
    {
        if (_engine is null)
            return [];
        var filter = Uri.EscapeDataString($$"""{"label":["edgeoperator.io/managed-by={{Owner}}"]}""");
        var list = await _engine.Http.GetStringAsync(new Uri($"containers/json?all=1&filters={filter}", UriKind.Relative));
        return [.. JsonNode.Parse(list)!.AsArray().Select(c => new Container(
            (string)c!["Id"]!, ((string)c["Names"]![0]!).TrimStart('/'), (string)c["Image"]!, (string)c["State"]!))];
    }

    /// <summary>The container of this name; it must exist.</summary>
    public async Task<Container> ContainerAsync(string name) => (await ContainersAsync()).Single(c => c.Name == name);

    public async ValueTask DisposeAsync()
    {
        if (_agent is not null)
            await _agent.DisposeAsync();
        await Shell.RunAsync("sh", "-c", EndHosts);
        _api.Dispose();
        foreach (var container in await ContainersAsync())
            (await _engine!.Http.DeleteAsync(new Uri($"containers/{container.Id}?force=1", UriKind.Relative))).Dispose();
        _folder.Dispose();
    }
}
