using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Telemetry;

public sealed partial class SystemdNotify
{
    [LoggerMessage(5001, LogLevel.Warning, "The agent's state can't be reported to systemd through {Socket}: {Error}.")]
    private partial void LogNotHeard(string socket, SocketError error);
}
