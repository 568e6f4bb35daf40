namespace EdgeOperator.Hub.Methods;

internal sealed partial class RemoteMethods
{
    [LoggerMessage(1400, LogLevel.Warning, "What {Identity} answered to a method can't be passed on to the replica that asked")]
    private static partial void CannotAnswer(ILogger logger, string identity, Exception exception);
}
