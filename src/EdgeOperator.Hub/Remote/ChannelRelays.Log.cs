namespace EdgeOperator.Hub.Remote;

internal sealed partial class ChannelRelays
{
    [LoggerMessage(1410, LogLevel.Warning, "The replica at {Address} can't be reached, and waits for a channel of {Device}")]
    private static partial void CannotReach(ILogger logger, string address, string device, Exception exception);
}
