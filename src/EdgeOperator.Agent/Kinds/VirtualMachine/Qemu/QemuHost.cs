using System.Collections.Immutable;
using System.Runtime.Versioning;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>What the machines of a host have in common.</summary>
/// <param name="Edgeop">The command that starts edgeop, for the host's end of tunnels.</param>
/// <param name="IsReadOnly">Machines are only observed, perhaps beside an agent.</param>
[SupportedOSPlatform("linux")]
internal sealed record QemuHost(ProcessSupervisor Supervisor, QemuImg DiskTool, ImmutableArray<string> Edgeop, TimeProvider Time, bool IsReadOnly);
