namespace EdgeOperator.Hub.Events;

internal sealed partial class HubEvents
{
    [LoggerMessage(1110, LogLevel.Warning, "{Count} events could not be stored, so nobody who watches will see them")]
    private static partial void NotStored(ILogger logger, int count, Exception exception);

    [LoggerMessage(1111, LogLevel.Warning, "Events can't be trimmed now; trying again")]
    private static partial void NotTrimmed(ILogger logger, Exception exception);
}
