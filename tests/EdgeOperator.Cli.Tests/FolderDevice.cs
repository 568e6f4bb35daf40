using EdgeOperator.Agent;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Core.Manifests;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Cli.Tests;

/// <summary>A device whose source is a folder and which has no engine: real in all but containers.</summary>
internal sealed class FolderDevice : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeop-device-").FullName;
    private readonly CancellationTokenSource _stop = new();
    private Task _agent = Task.CompletedTask;

    public FolderDevice()
    {
        Directory.CreateDirectory(Source);
        File.WriteAllText(ConfigPath, $$"""
            apiVersion: edgeoperator.io/v1alpha1
            kind: AgentConfiguration
            metadata: {name: agent}
            spec:
              device: {name: pump-7}
              sources:
                - name: local
                  directory: {path: {{Source}}}
              engine: {socket: unix://{{_folder}}/no-engine.sock}
              stateDirectory: {{_folder}}/state
              api: {socket: {{_folder}}/edgeop.sock, metrics: "off"}
              reconcile: {stableFor: 0s}
              files: {allowedRoots: ["{{_folder}}"]}
            """);
    }

    public string Source => Path.Combine(_folder, "source");

    public string Motd => Path.Combine(_folder, "out", "motd");

    private string ConfigPath => Path.Combine(_folder, "agent.yaml");

    public Task<Run> RunAsync(params string[] arguments) => Edgeop.RunAsync([.. arguments, "--config", ConfigPath], isTerminal: false, time: TimeProvider.System);

    public Task<Run> WithInputAsync(string stdin, params string[] arguments) =>
        Edgeop.RunAsync([.. arguments, "--config", ConfigPath], isTerminal: false, time: TimeProvider.System, stdin: stdin);

    public Task<Run> OnTerminalAsync(params string[] arguments) => Edgeop.RunAsync([.. arguments, "--config", ConfigPath], isTerminal: true, time: TimeProvider.System);

    public Task<Run> OnTerminalAsync(int width, params string[] arguments) => Edgeop.RunAsync([.. arguments, "--config", ConfigPath], isTerminal: true, time: TimeProvider.System, width: width);

    public void Desire(string content, string? folder = null)
    {
        Directory.CreateDirectory(folder ?? Source);
        File.WriteAllText(Path.Combine(folder ?? Source, "motd.yaml"), $$"""
            apiVersion: edgeoperator.io/v1alpha1
            kind: ConfigFile
            metadata: {name: motd}
            spec:
              path: {{Motd}}
              {{content}}
            """);
    }

    public async Task StartAgentAsync()
    {
        var configuration = AgentConfigurationReader.Read(new(ConfigPath, await File.ReadAllBytesAsync(ConfigPath))).Configuration!;
        var systemd = new SystemdNotify(_ => null, TimeProvider.System, NullLoggerFactory.Instance);
        _agent = new AgentHost(_ => null, systemd, NullLoggerFactory.Instance, TimeProvider.System).RunAsync(configuration, _stop.Token);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!File.Exists(Path.Combine(_folder, "edgeop.sock")))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _agent;
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
