using System.Collections.Immutable;
using EdgeOperator.Agent;
using EdgeOperator.Agent.Loop;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.Secrets.Age;
using EdgeOperator.Core.Secrets.Sops;
using EdgeOperator.Core.State;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;
using Microsoft.Extensions.Logging.Abstractions;
using Condition = EdgeOperator.Core.State.Condition;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

/// <summary>The whole agent with a real machine and the engine inside of it. The host has no engine at all.</summary>
[Collection(SharedGuest.Name)]
public sealed class ModulesInMachineTests : IAsyncLifetime
{
    private const string Canary = "canary-b2c44";

    /// <summary>Given to the guest itself.</summary>
    private const string GuestsCanary = "canary-d7f01";

    /// <summary>An emulated guest on a busy machine takes minutes.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(8);

    private readonly TempFolder _folder = new("mm");
    private CancellationTokenSource _stop = new();
    private readonly int _port = FreePort.Next();
    private PrivateRegistry _registry = null!;
    private EdgeAgent _agent = null!;
    private Task _running = Task.CompletedTask;
    private string _web = "";

    private DeviceStatus Status => _agent.Control.Status;

    public async Task InitializeAsync()
    {
        _registry = await PrivateRegistry.StartAsync();
        _web = (await TestImage.WebServer().PushAsync(_registry)).Replace("127.0.0.1", "10.0.2.2", StringComparison.Ordinal);
        var secrets = new SecretVault(Directory.CreateDirectory(_folder.File("state")).FullName, TimeProvider.System);
        secrets.EnsureIdentity();
        Write("edge.yaml", Machine(await GuestImage.FullAsync()));
        Write("db.yaml", SopsWriter.Encrypt(
            $"apiVersion: edgeoperator.io/v1alpha1\nkind: Secret\nmetadata: {{name: db}}\nspec:\n  stringData: {{password: {Canary}, machine: {GuestsCanary}}}\n", [AgeRecipient.Parse(secrets.Recipient!)!], TimeProvider.System.GetUtcNow()));
        Write("web.yaml", Manifests.Module("web", _web, "target: edge\nports: ['80:8080']\nhealth: {http: {port: 8080}, interval: 2s, timeout: 20s}\nsecretFiles: [{path: /run/password, content: 'p=${secrets.db.password}', mode: '0444'}]"));
        Start();
    }

    public async Task DisposeAsync()
    {
        File.Delete(_folder.File("manifests/web.yaml"));
        File.Delete(_folder.File("manifests/edge.yaml"));
        File.Delete(_folder.File("manifests/db.yaml"));
        await Eventually.TrueAsync("the machine is gone", () => Status.Resources.IsEmpty && !File.Exists(_folder.File("state/vms/edge/machine.json")), Long);
        await StopAsync();
        await _registry.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_module_is_pulled_started_probed_and_reached_inside_of_a_machine()
    {
        await CommittedAsync();

        Of("web").Should().Match<ResourceStatus>(r => r.State == "running" && r.Details["target"] == "VirtualMachine/edge" && r.Details["health"] == "healthy");
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{_port}/"));
        answer.EnsureSuccessStatusCode();
        using var log = new MemoryStream();
        await _agent.Control.CopyLogsAsync(new(KindNames.EdgeModule, "web"), new(Follow: false, 10), log, CancellationToken.None);

        var container = Of("web").Details["container"];
        await ShouldHaveItsSecretAsync(container);
        (await DockerAsync("exec", container, "cat", "/etc/hosts")).Should().MatchRegex(@"10\.0\.2\.2\s+host\.edgeop\.internal", "modules know the host by the name that their machine knows it by");
        var preview = await Preview.RunAsync(Configuration(), NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);
        PlanText.Render(preview.Plan!).Should().Be("No changes.\n");

        await StopAsync();
        Start();
        await CommittedAsync();
        Of("web").Details["container"].Should().Be(container, "the next agent finds it as it is");

        // As after the guest has started again: what was in its memory is gone, and is there before the module starts.
        await InGuestAsync("rm -rf /run/edgeop/secrets");
        await DockerAsync("kill", container);
        await Eventually.SucceedsAsync(() => ShouldHaveItsSecretAsync(container), Long);

        await DockerAsync("rm", "-f", container);
        await Eventually.SucceedsAsync(() => Of("web").Should().Match<ResourceStatus>(r => r.State == "running" && r.Details["container"] != container), Long);

        File.Delete(_folder.File("manifests/web.yaml"));
        await Eventually.SucceedsAsync(async () => (await DockerAsync("ps", "-aq")).Should().BeEmpty(), Long);
        await Eventually.SucceedsAsync(async () => (await InGuestAsync("find /run/edgeop/secrets -type f")).Should().BeEmpty("the files go with their container"));
    }

    private Task<string> InGuestAsync(string command) =>
        Shell.RunAsync("ssh", "-F", _folder.File("state/vms/edge/bridge/config"), "-l", "root", "-o", "ProxyCommand=false", "guest", command);

    /// <summary>In a file that is in the guest's memory, and in nothing that the host keeps of the machine but what the guest itself has on its disk.</summary>
    private async Task ShouldHaveItsSecretAsync(string container)
    {
        (await DockerAsync("exec", container, "cat", "/run/password")).Should().Be($"p={Canary}");
        (await DockerAsync("inspect", container)).Should().Contain("/run/edgeop/secrets/module-").And.NotContain(Canary);
        (await Shell.RunAsync("sh", "-c", "grep -rlaF \"$0\" \"$1\" || true", Canary, _folder.File("state"))).Should().BeEmpty();
        (await InGuestAsync("cat /etc/app/password")).Should().Be($"p={GuestsCanary}");
        (await Shell.RunAsync("sh", "-c", "grep -rlaF \"$0\" \"$1\" | grep -v /data.qcow2 || true", GuestsCanary, _folder.File("state"))).Should().BeEmpty("it is on the guest's own disk alone");
    }

    private void Start()
    {
        _stop = new();
        _agent = new(Configuration(), NullLoggerFactory.Instance, TimeProvider.System);
        _running = _agent.RunAsync(_stop.Token);
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _agent.DisposeAsync();
        _stop.Dispose();
    }

    private AgentConfiguration Configuration() => new()
    {
        Device = new("press-7", ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty),
        Sources = [new DirectorySourceConfiguration { Name = "folder", Path = _folder.File("manifests"), Interval = TimeSpan.FromSeconds(1) }],
        Engine = new() { Socket = $"unix://{_folder}/none.sock", Owner = "test" },
        StateDirectory = _folder.File("state"),
        Reconcile = new() { Deadline = Long, StableFor = TimeSpan.FromSeconds(1), AllowEmpty = true },
    };

    /// <summary>The guest sees the host as 10.0.2.2, so its engine is told that this registry speaks plain HTTP.</summary>
    private string Machine(GuestImage image) =>
        $$"""
        apiVersion: edgeoperator.io/v1alpha1
        kind: VirtualMachine
        metadata:
          name: edge
        spec:
          memory: 1Gi
          disk:
            size: 2Gi
            image:
              path: "{{image.Path}}"
              sha256: {{image.Sha256}}
          network:
            forwards: ["{{_port}}:80"]
          provisioning:
            files:
            - path: /etc/app/password
              content: p=${secrets.db.machine}
            - path: /etc/docker/daemon.json
              content: '{"insecure-registries": ["{{_web.Split('/')[0]}}"]}'
            commands: [/usr/lib/edgeop/engine restart]

        """;

    private void Write(string name, string content) => _folder.Write($"manifests/{name}", content);

    private ResourceStatus Of(string module) => Status.Resources.Single(r => r.Name == module);

    private Task<string> DockerAsync(params string[] arguments) =>
        Shell.RunAsync("docker", ["-H", $"unix://{_folder.File("state/vms/edge/bridge/engine.sock")}", .. arguments]);

    private Task CommittedAsync() => Eventually.SucceedsAsync(
        () => Status.Conditions.Is(Condition.Ready).Should().BeTrue($"{string.Join('\n', Status.Conditions)}\n{string.Join('\n', Status.Resources)}\n{string.Join('\n', _agent.Control.Events(0, 50, null))}"), Long);
}
