namespace EdgeOperator.Hub.Jobs;

internal sealed partial class JobRunner
{
    [LoggerMessage(1710, LogLevel.Information, "Job {Job} has started")]
    private static partial void Started(ILogger logger, string job);

    [LoggerMessage(1711, LogLevel.Information, "Job {Job} has ended: {Status}")]
    private static partial void Ended(ILogger logger, string job, string status);

    [LoggerMessage(1712, LogLevel.Warning, "Jobs can't be looked at now; trying again")]
    private static partial void CannotLook(ILogger logger, Exception exception);

    [LoggerMessage(1713, LogLevel.Error, "Job {Job} can't be done now; trying again")]
    private static partial void CannotRun(ILogger logger, string job, Exception exception);
}
