using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Drivers.Files;

internal sealed partial class FileRecords
{
    [LoggerMessage(3200, LogLevel.Warning, "The file record {Path} can't be read: {Reason}. Its copy, or the kept original, is used instead")]
    private partial void LogDamaged(string path, string reason);
}
