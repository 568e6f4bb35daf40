namespace EdgeOperator.Hub.Fleets;

internal sealed partial class FleetController
{
    [LoggerMessage(1720, LogLevel.Warning, "Fleets can't be looked at now; trying again")]
    private static partial void CannotLook(ILogger logger, Exception exception);

    [LoggerMessage(1721, LogLevel.Error, "Fleet {Fleet} can't be looked at; trying again")]
    private static partial void Failed(ILogger logger, string fleet, Exception exception);

    [LoggerMessage(1722, LogLevel.Information, "Rollout {Rollout}: {Message}")]
    private static partial void Happened(ILogger logger, string rollout, string message);
}
