using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

internal sealed partial class EdgeModuleWatcher
{
    [LoggerMessage(6000, LogLevel.Information, "Following the events of the engine at {Address}")]
    private partial void LogFollowing(string address);

    [LoggerMessage(6001, LogLevel.Warning, "No events from the engine at {Address}: {Message}")]
    private partial void LogLost(string address, string message);
}
