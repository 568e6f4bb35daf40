namespace EdgeOperator.Hub.Repositories;

internal sealed partial class RepositoryController
{
    [LoggerMessage(2200, LogLevel.Warning, "Repositories can't be looked at now; trying again")]
    private static partial void CannotLook(ILogger logger, Exception exception);

    [LoggerMessage(2201, LogLevel.Error, "Repository {Repository} can't be fetched; trying again")]
    private static partial void Failed(ILogger logger, string repository, Exception exception);
}
