using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent;

public sealed partial class AgentHost
{
    [LoggerMessage(5201, LogLevel.Information, "Agent of {Device} started; it listens on {Socket}")]
    private partial void LogStarted(string device, string socket);

    [LoggerMessage(5202, LogLevel.Information, "Stopped; what runs on the device runs on")]
    private partial void LogStopped();

    [LoggerMessage(5203, LogLevel.Error, "The new configuration is not used; the agent goes on with the one it has")]
    private partial void LogKept();

    [LoggerMessage(5204, LogLevel.Error, "The new configuration does not work, so the agent goes back to the one before: {Error}")]
    private partial void LogNotStarted(string error);
}
