namespace EdgeOperator.Hub.Mqtt;

internal sealed partial class SessionUpkeep
{
    [LoggerMessage(1320, LogLevel.Debug, "{Identity} is not sent its messages now")]
    private static partial void NotSent(ILogger logger, string identity, Exception exception);

    [LoggerMessage(1321, LogLevel.Warning, "Old telemetry can't be deleted now")]
    private static partial void NotTrimmed(ILogger logger, Exception exception);
}
