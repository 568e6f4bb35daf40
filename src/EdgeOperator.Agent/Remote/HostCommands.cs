using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Core.Interop;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Remote;

/// <summary>Commands from a hub that no driver runs: on the device itself, where its configuration allows that, and in virtual machines by ssh.</summary>
internal sealed class HostCommands(IAgentControl control, AgentConfiguration configuration)
{
    /// <summary>The kind of resource that stands for the device itself.</summary>
    public const string Host = "Host";

    public static bool Runs(ResourceId resource) => resource.Kind is Host or KindNames.VirtualMachine;

    /// <exception cref="ControlException">The device does not allow it.</exception>
    public void CheckAllowed(ResourceId resource)
    {
        if (resource.Kind == Host && !configuration.Remote.HostTerminal)
            throw new ControlException("NotAllowed", "the device allows no commands on itself: remote.hostTerminal in its agent.yaml does, if it is true");
    }

    /// <summary>Runs a command with the agent's own rights.</summary>
    /// <inheritdoc cref="IAgentControl.ExecAsync"/>
    public Task<int> ExecAsync(ResourceId resource, ExecRequest request, ExecFrames client, Operator by, CancellationToken cancellation)
    {
        CheckAllowed(resource);
        if (!OperatingSystem.IsLinux())
            throw new ControlException("NotSupported", $"no command can be run in {resource} from afar on this system");
        var line = resource.Kind == Host ? request.Command : InMachine(control.Describe(resource).Name, request);
        control.Note("ExecRequested", $"{request.Command[0]} was run {(resource.Kind == Host ? "on the device itself" : $"in {resource}")}", by);
        return request.HasTerminal ? HostProcess.RunInTerminalAsync(line, request.Size, client, cancellation) : HostProcess.RunAsync(line, request.HasInput, client, cancellation);
    }

    private string[] InMachine(string machine, ExecRequest request)
    {
        var file = Path.Combine(configuration.StateDirectory, StandardPaths.Machines, machine, MachineAccess.FileName);
        try
        {
            var access = MachineAccess.Parse(File.ReadAllBytes(file));
            return ["ssh", "-F", access.SshConfig, "-S", access.ControlSocket, request.HasTerminal ? "-tt" : "-T", MachineAccess.HostAlias, "--", ShellWords.Join(request.Command)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            throw new ControlException("NotRunning", $"{KindNames.VirtualMachine}/{machine} can't be reached: {e.Message}");
        }
    }
}
