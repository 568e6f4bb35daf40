namespace EdgeOperator.Hub.Api;

internal sealed partial class RepositoryRoutes
{
    [LoggerMessage(2210, LogLevel.Warning, "The webhook secret of repository {Repository} can't be read: its calls are refused")]
    private static partial void SecretUnreadable(ILogger logger, string repository, Exception exception);
}
