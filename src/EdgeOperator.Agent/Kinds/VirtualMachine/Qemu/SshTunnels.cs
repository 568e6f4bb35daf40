using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.Versioning;
using EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>A bridge to each machine's guest.</summary>
[SupportedOSPlatform("linux")]
internal sealed class SshTunnels(ProcessSupervisor supervisor, ImmutableArray<string> edgeop, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, SshTunnel> _bridges = new();

    public SshTunnel Of(MachineFolder machine) => _bridges.GetOrAdd(machine.Path, path => new(path, supervisor, edgeop, time));

    /// <summary>What a bridge leads to.</summary>
    public static SshTunnelTarget TargetOf(MachineState record) => new(record.SshPort)
    {
        User = record.User,
        SharedFolders = record.Shape.SharedFolders,
        Interop = record.Shape.Interop,
    };
}
