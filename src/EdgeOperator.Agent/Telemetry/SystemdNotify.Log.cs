using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Telemetry;

public sealed partial class SystemdNotify
{
    [LoggerMessage(5001, LogLevel.Warning, "systemd can't be told of the agent's state through {Socket}: {Error}.")]
    private partial void LogNotHeard(string socket, SocketError error);
}
