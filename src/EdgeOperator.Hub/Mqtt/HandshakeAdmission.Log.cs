namespace EdgeOperator.Hub.Mqtt;

internal sealed partial class HandshakeAdmission
{
    [LoggerMessage(1320, LogLevel.Debug, "A connection from {Remote} is ended: its turn to begin TLS has not come in {Seconds} s")]
    private static partial void NoTurn(ILogger logger, string remote, int seconds);
}
