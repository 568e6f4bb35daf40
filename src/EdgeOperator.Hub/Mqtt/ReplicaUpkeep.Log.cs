namespace EdgeOperator.Hub.Mqtt;

internal sealed partial class ReplicaUpkeep
{
    [LoggerMessage(1330, LogLevel.Warning, "The store can't be told that this replica lives; trying again")]
    private static partial void CannotRenew(ILogger logger, Exception exception);

    [LoggerMessage(1331, LogLevel.Warning, "The other replicas have given this one up: its connections end, and devices connect again")]
    private static partial void GivenUp(ILogger logger);

    [LoggerMessage(1332, LogLevel.Warning, "{Count} connections have ended together with a replica that has died")]
    private static partial void Ended(ILogger logger, int count);
}
