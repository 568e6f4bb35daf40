namespace EdgeOperator.Hub.Fleets;

internal sealed partial class FleetAssignments
{
    [LoggerMessage(1730, LogLevel.Error, "The twin of {Device} can't be given the revision {Revision}: {Reason}")]
    private static partial void Refused(ILogger logger, string device, string revision, string reason);
}
