using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Storage;

public sealed partial class LedgerFile
{
    [LoggerMessage(3000, LogLevel.Warning, "{Path} can't be read ({Reason}); the ledger is rebuilt from its other copies, and the file is kept beside as .damaged once there is a new one")]
    private partial void LogDamaged(string path, string reason);
}
