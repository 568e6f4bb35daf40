using System.Runtime.Versioning;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>
/// How long a host with too much to do has kept a machine waiting since it was started: its processors, and the agent, which has to reach
/// its guest. A wait of both at once counts twice, so this is no more than an estimate.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class HostWait
{
    private readonly Lock _lock = new();
    private (ProcessIdentity Machine, TimeSpan Agent)? _since;

    /// <param name="machine">QEMU's process.</param>
    public TimeSpan Of(ProcessIdentity machine)
    {
        var agent = ProcessorWait.OfAllThreads(Environment.ProcessId);
        lock (_lock)
        {
            // Waits of threads that have ended are not counted any more.
            if (_since is not { } since || since.Machine != machine || agent < since.Agent)
                _since = (machine, agent);
            return ProcessorWait.OfBusiestThread(machine.Id) + agent - _since.Value.Agent;
        }
    }
}
