namespace EdgeOperator.Hub.Provisioning;

internal sealed partial class ProvisioningConnections
{
    [LoggerMessage(1400, LogLevel.Warning, "{Registration} may not be provisioned, from {Remote}: no enrollment accepts its proof")]
    private static partial void Refused(ILogger logger, string registration, string remote);
}
