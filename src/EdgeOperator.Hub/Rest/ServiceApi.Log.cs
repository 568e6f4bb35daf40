namespace EdgeOperator.Hub.Rest;

internal sealed partial class ServiceApi
{
    [LoggerMessage(1200, LogLevel.Error, "{Method} {Path} failed")]
    private static partial void Failed(ILogger logger, string method, string path, Exception exception);

    [LoggerMessage(1201, LogLevel.Warning, "{Method} {Path} could not be answered: the store can't be used")]
    private static partial void CannotUseStore(ILogger logger, string method, string path, Exception exception);
}
