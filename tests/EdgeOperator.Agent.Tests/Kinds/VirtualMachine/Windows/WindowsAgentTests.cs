using System.Collections.Immutable;
using System.Security.Cryptography;
using EdgeOperator.Agent.Kinds.VirtualMachine;
using EdgeOperator.Agent.Kinds.VirtualMachine.Eflow;
using EdgeOperator.Agent.Kinds.VirtualMachine.Wsl;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Condition = EdgeOperator.Core.State.Condition;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Windows;

/// <summary>The whole agent, with both systems of Windows played by scripts.</summary>
public sealed class WindowsAgentTests : IAsyncLifetime
{
    private static readonly string Image = "a root file system";

    private readonly TempFolder _folder = new();
    private readonly CaseFolder _powerShell = new("eflow", "powershell.sh");
    private readonly CaseFolder _wsl = new("wsl", "wsl.sh");
    private readonly CancellationTokenSource _stop = new();
    private EdgeAgent _agent = null!;
    private Task _running = Task.CompletedTask;

    public Task InitializeAsync()
    {
        _folder.Write("image.tar", Image);
        Write("eflow.yaml", "driver: eflow\ncpus: 2\nmemory: 2Gi\neflow: {acceptEula: true}");
        Write("tools.yaml", Tools("1Gi"));
        var configuration = new AgentConfiguration
        {
            Device = new("press-7", ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty),
            Sources = [new DirectorySourceConfiguration { Name = "folder", Path = _folder.File("manifests"), Interval = TimeSpan.FromSeconds(1) }],
            Engine = new() { Socket = "unix:///nowhere.sock" },
            StateDirectory = _folder.File("state"),
            Reconcile = new() { Deadline = TimeSpan.FromSeconds(20), StableFor = TimeSpan.FromMilliseconds(200), AllowEmpty = true },
        };
        var root = _folder.File("state/vms");
        _agent = new(configuration, NullLoggerFactory.Instance, TimeProvider.System, _ => new VirtualMachineDriver(
            [
                new EflowDriver(root, _powerShell.Program, TimeProvider.System, NullLoggerFactory.Instance),
                new WslDriver(root, _wsl.Program, _wsl[".wslconfig"], TimeProvider.System, NullLoggerFactory.Instance),
            ],
            configuration.VirtualMachines, configuration.StateDirectory));
        _running = _agent.RunAsync(_stop.Token);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _agent.DisposeAsync();
        _powerShell.Dispose();
        _wsl.Dispose();
        _folder.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task Machines_of_Windows_come_change_and_go_with_their_manifests()
    {
        await ReadyAsync("eflow", "tools");
        Of("eflow").Details.Should().Contain("engine", "20.10.25+azure");

        Write("tools.yaml", Tools("3Gi"));
        await Eventually.SucceedsAsync(() => File.ReadAllText(_wsl[".wslconfig"]).Should().Contain("memory=3072MB"));
        await ReadyAsync("eflow", "tools");
        _wsl.Calls("arguments").Should().Contain("--terminate tools\n").And.Contain("--shutdown\n");

        File.Delete(_folder.File("manifests/tools.yaml"));
        await Eventually.SucceedsAsync(() => _agent.Control.Status.Resources.Select(r => r.Name).Should().Equal("eflow"));
        await Eventually.SucceedsAsync(() => File.Exists(_folder.File("state/vms/.wsl/tools/kept.vhdx")).Should().BeTrue());
        await Eventually.SucceedsAsync(() => Directory.Exists(_wsl["distributions/tools"]).Should().BeFalse());
    }

    private string Tools(string memory) =>
        $"driver: wsl\nmemory: {memory}\ndisk: {{image: {{path: {_folder.File("image.tar")}, sha256: {Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Image)))}}}}}\nprovisioning: {{commands: ['true']}}";

    private void Write(string file, string spec) => _folder.Write(
        $"manifests/{file}",
        $"apiVersion: edgeoperator.io/v1alpha1\nkind: VirtualMachine\nmetadata: {{name: {Path.GetFileNameWithoutExtension(file)}}}\nspec:\n  {spec.Replace("\n", "\n  ", StringComparison.Ordinal)}\n");

    private ResourceStatus Of(string machine) => _agent.Control.Status.Resources.Single(r => r.Name == machine);

    private Task ReadyAsync(params string[] machines) => Eventually.SucceedsAsync(() => machines.Should().OnlyContain(
        machine => Of(machine).Conditions.Is(Condition.Ready),
        $"{string.Join('\n', _agent.Control.Status.Resources.SelectMany(r => r.Conditions))}\n{string.Join('\n', _agent.Control.Events(0, 50, null))}"));
}
