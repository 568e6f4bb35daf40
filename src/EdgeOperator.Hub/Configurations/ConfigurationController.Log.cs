namespace EdgeOperator.Hub.Configurations;

internal sealed partial class ConfigurationController
{
    [LoggerMessage(1700, LogLevel.Warning, "Configurations can't be applied now; trying again")]
    private static partial void CannotApply(ILogger logger, Exception exception);

    [LoggerMessage(1701, LogLevel.Information, "Configurations have changed {Twin}: desired version {Version}")]
    private static partial void Applied(ILogger logger, string twin, long version);

    [LoggerMessage(1702, LogLevel.Error, "Configurations can't be applied to {Device}")]
    private static partial void Failed(ILogger logger, string device, Exception exception);
}
