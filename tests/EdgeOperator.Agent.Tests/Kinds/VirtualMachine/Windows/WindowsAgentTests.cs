using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.Kinds;
using EdgeOperator.Agent.Kinds.VirtualMachine;
using EdgeOperator.Agent.Kinds.VirtualMachine.Eflow;
using EdgeOperator.Agent.Kinds.VirtualMachine.Wsl;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Windows;

/// <summary>The whole agent, with both systems of Windows played by scripts.</summary>
public sealed class WindowsAgentTests : IAsyncLifetime
{
    private static readonly byte[] Image = Encoding.UTF8.GetBytes("a root file system");

    private readonly CaseFolder _powerShell = new("eflow", "powershell.sh");
    private readonly CaseFolder _wsl = new("wsl", "wsl.sh");
    private readonly RunningAgent _agent;

    public WindowsAgentTests() => _agent = new(DeviceKinds.Registered.Replace(KindNames.VirtualMachine, Driver));

    public Task InitializeAsync()
    {
        File.WriteAllBytes($"{_agent.Root}/image.tar", Image);
        Write("eflow", "driver: eflow\ncpus: 2\nmemory: 2Gi\neflow: {acceptEula: true}");
        Write("tools", Tools("1Gi"));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _agent.DisposeAsync();
        _powerShell.Dispose();
        _wsl.Dispose();
    }

    [Fact]
    public async Task Machines_of_Windows_come_change_and_go_with_their_manifests()
    {
        await _agent.CommittedAsync("eflow", "tools");
        Of("eflow").Details.Should().Contain("engine", "20.10.25+azure");

        Write("tools", Tools("3Gi"));
        await Eventually.SucceedsAsync(() => File.ReadAllText(_wsl[".wslconfig"]).Should().Contain("memory=3072MB"));
        await _agent.CommittedAsync("eflow", "tools");
        _wsl.Calls("arguments").Should().Contain("--terminate tools\n").And.Contain("--shutdown\n");

        _agent.Remove("tools");
        await Eventually.SucceedsAsync(() => _agent.Control.Status.Resources.Select(r => r.Name).Should().Equal("eflow"));
        await Eventually.SucceedsAsync(() => File.Exists($"{_agent.StateDirectory}/vms/.wsl/tools/kept.vhdx").Should().BeTrue());
        await Eventually.SucceedsAsync(() => Directory.Exists(_wsl["distributions/tools"]).Should().BeFalse());
    }

    private VirtualMachineDriver Driver(DriverContext context)
    {
        var root = context.Configuration.VirtualMachines.FolderIn(context.StateDirectory);
        return new(
            [
                new EflowDriver(root, _powerShell.Program, context.Time, context.Loggers),
                new WslDriver(root, _wsl.Program, _wsl[".wslconfig"], context.Time, context.Loggers),
            ],
            context.Configuration.VirtualMachines,
            context.StateDirectory);
    }

    private string Tools(string memory) =>
        $"driver: wsl\nmemory: {memory}\ndisk: {{image: {{path: {_agent.Root}/image.tar, sha256: {Convert.ToHexStringLower(SHA256.HashData(Image))}}}}}\nprovisioning: {{commands: ['true']}}";

    private void Write(string machine, string spec) =>
        _agent.Write(KindNames.VirtualMachine, machine, $"\n  {spec.Replace("\n", "\n  ", StringComparison.Ordinal)}");

    private ResourceStatus Of(string machine) => _agent.Control.Status.Resources.Single(r => r.Name == machine);
}
