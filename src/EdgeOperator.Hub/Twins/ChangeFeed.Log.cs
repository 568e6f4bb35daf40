namespace EdgeOperator.Hub.Twins;

internal sealed partial class ChangeFeed
{
    [LoggerMessage(1100, LogLevel.Warning, "Changes can't be read from the store; trying again")]
    private static partial void CannotRead(ILogger logger, Exception exception);
}
