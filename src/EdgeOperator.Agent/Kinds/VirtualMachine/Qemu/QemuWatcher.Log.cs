using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

internal sealed partial class QemuWatcher
{
    [LoggerMessage(7301, LogLevel.Information, "The connection to the guest of {Machine} {State} {Reason}")]
    private partial void LogTunnel(string machine, string state, string reason);
}
