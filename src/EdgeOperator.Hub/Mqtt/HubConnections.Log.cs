namespace EdgeOperator.Hub.Mqtt;

internal sealed partial class HubConnections
{
    [LoggerMessage(1310, LogLevel.Warning, "{Identity} is refused, from {Remote}: {Reason}")]
    private static partial void Refused(ILogger logger, string identity, string remote, string reason);

    [LoggerMessage(1311, LogLevel.Warning, "{Identity} is connected twice within seconds, from {Before} and from {Remote}: do two devices use this identity?")]
    private static partial void LogRepeatedTakeOver(ILogger logger, string identity, string before, string remote);

    [LoggerMessage(1313, LogLevel.Warning, "{Identity} is to try again later, from {Remote}: too many devices log in at once")]
    private static partial void Overloaded(ILogger logger, string identity, string remote);

    [LoggerMessage(1312, LogLevel.Warning, "{Identity} is disconnected: the store can't be used")]
    private static partial void CannotUseStore(ILogger logger, string identity, Exception exception);
}
