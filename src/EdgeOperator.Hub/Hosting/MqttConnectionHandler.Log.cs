namespace EdgeOperator.Hub.Hosting;

internal sealed partial class MqttConnectionHandler
{
    [LoggerMessage(1300, LogLevel.Information, "{Remote} broke the protocol and is disconnected: {Reason}")]
    private static partial void BrokeProtocol(ILogger logger, string remote, string reason);

    [LoggerMessage(1301, LogLevel.Warning, "{Remote} can't connect: the store can't be used")]
    private static partial void CannotUseStore(ILogger logger, string remote, Exception exception);

    [LoggerMessage(1302, LogLevel.Warning, "A connection is closed: there are {Limit} already (devices.connections)")]
    private static partial void TooManyConnections(ILogger logger, int limit);
}
