namespace EdgeOperator.Hub.Provisioning;

internal sealed partial class ProvisioningApi
{
    [LoggerMessage(1401, LogLevel.Error, "{Method} of a registration failed")]
    private static partial void Failed(ILogger logger, string method, Exception exception);
}
