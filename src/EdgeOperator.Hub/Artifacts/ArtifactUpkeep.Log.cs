namespace EdgeOperator.Hub.Artifacts;

internal sealed partial class ArtifactUpkeep
{
    [LoggerMessage(2100, LogLevel.Information, "The artifact {Hash} is removed: nothing has named it since {Used:u}")]
    private static partial void Removed(ILogger logger, string hash, DateTimeOffset used);

    [LoggerMessage(2101, LogLevel.Warning, "Artifacts that nothing needs can't be removed now")]
    private static partial void NotRemoved(ILogger logger, Exception exception);
}
