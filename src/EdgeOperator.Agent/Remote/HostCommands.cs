using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Remote;

/// <summary>
/// What a hub asks for that no driver does: commands on the device itself, where its configuration allows that, and the consoles of machines.
/// </summary>
internal sealed class HostCommands(IAgentControl control, AgentConfiguration configuration)
{
    /// <summary>The kind of resource that stands for the device itself.</summary>
    public const string Host = "Host";

    public static bool Runs(ResourceId resource) => resource.Kind == Host;

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
        control.Note("ExecRequested", $"{request.Command[0]} was run on the device itself", by);
        return request.HasTerminal
            ? AttachedProcess.RunInTerminalAsync(request.Command, request.Size, client, cancellation)
            : AttachedProcess.RunAsync(request.Command, request.HasInput, client, cancellation);
    }

    /// <summary>Joins a client with a machine's serial console until the machine ends.</summary>
    /// <exception cref="ControlException">There is no such machine, it does not run, or somebody is attached already.</exception>
    /// <exception cref="IOException">The client has gone.</exception>
    public async Task AttachAsync(ResourceId resource, ExecFrames client, Operator by, CancellationToken cancellation)
    {
        if (resource.Kind != KindNames.VirtualMachine)
            throw new ControlException("NotSupported", $"{resource} has no serial console: only virtual machines have one");
        var machine = control.Describe(resource).Name;
        if (AccessOf(machine).IsOnWindows)
            throw new ControlException("NotSupported", $"Windows shows nobody the console of its machines: the log of {resource} is the guest's journal");
        using var console = SerialConsole.Open(machine, FolderOf(machine));
        control.Note("ConsoleAttached", $"the console of {resource} was attached to", by);
        await MachineConsole.RunAsync(console, client, cancellation);
    }

    private MachineAccess AccessOf(string machine)
    {
        try
        {
            return MachineAccess.Parse(File.ReadAllBytes(Path.Combine(FolderOf(machine), MachineAccess.FileName)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            throw new ControlException(SerialConsole.NotRunning, $"{KindNames.VirtualMachine}/{machine} can't be reached: {e.Message}");
        }
    }

    private string FolderOf(string machine) => Path.Combine(configuration.VirtualMachines.FolderIn(configuration.StateDirectory), machine);
}
