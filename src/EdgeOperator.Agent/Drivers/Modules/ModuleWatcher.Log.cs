using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Drivers.Modules;

internal sealed partial class ModuleWatcher
{
    [LoggerMessage(6000, LogLevel.Information, "Following the events of the engine at {Address}")]
    private partial void LogFollowing(string address);

    [LoggerMessage(6001, LogLevel.Warning, "No events from the engine at {Address}: {Message}")]
    private partial void LogLost(string address, string message);
}
