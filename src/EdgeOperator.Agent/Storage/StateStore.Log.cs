using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Storage;

public sealed partial class StateStore
{
    [LoggerMessage(3010, LogLevel.Warning, "{Path} can't be used ({Reason}); kept beside as .damaged, starting a new history")]
    private partial void LogDamaged(string path, string reason);

    [LoggerMessage(3011, LogLevel.Warning, "{Path}: {Reason}; history stays in memory until it can be written")]
    private partial void LogFailed(string path, string reason);

    [LoggerMessage(3012, LogLevel.Warning, "{Path} goes on from the copy that was made before another version of the agent was tried")]
    private partial void LogRestored(string path);
}
