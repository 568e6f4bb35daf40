using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Drivers.Files;

internal sealed partial class FileRecords
{
    [LoggerMessage(3200, LogLevel.Warning, "{Path} can't be read ({Reason}); what was there before the agent wrote its file can't be put back")]
    private partial void LogDamaged(string path, string reason);
}
