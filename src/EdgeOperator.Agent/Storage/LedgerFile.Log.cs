using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Storage;

public sealed partial class LedgerFile
{
    [LoggerMessage(3000, LogLevel.Warning, "{Path} can't be read ({Reason}); starting with an empty ledger, and the file is kept beside as .damaged once there is a new one")]
    private partial void LogDamaged(string path, string reason);

    [LoggerMessage(3001, LogLevel.Warning, "{Path} can't be set aside: {Reason}")]
    private partial void LogNotSetAside(string path, string reason);
}
