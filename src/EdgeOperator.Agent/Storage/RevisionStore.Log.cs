using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Storage;

public sealed partial class RevisionStore
{
    [LoggerMessage(2101, LogLevel.Warning, "{Path} is damaged ({Reason}) and was dropped; its source will deliver it again")]
    private partial void LogDamaged(string path, string reason);

    [LoggerMessage(2102, LogLevel.Warning, "{Path} can't be read: {Reason}")]
    private partial void LogUnreadable(string path, string reason);

    [LoggerMessage(2103, LogLevel.Warning, "{Path} can't be deleted: {Reason}")]
    private partial void LogNotDeleted(string path, string reason);
}
