using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Drivers.Files;

internal sealed partial class FileRecords
{
    [LoggerMessage(3200, LogLevel.Warning, "{Path} can't be read ({Reason}); kept beside as .damaged, its file will not be restored")]
    private partial void LogDamaged(string path, string reason);
}
