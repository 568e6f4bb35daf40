namespace EdgeOperator.Hub.Replicas;

internal sealed partial class Leadership
{
    [LoggerMessage(1500, LogLevel.Information, "This replica leads {Lease}, term {Term}")]
    private static partial void Leads(ILogger logger, string lease, long term);

    [LoggerMessage(1501, LogLevel.Warning, "This replica does not lead {Lease} any more: term {Term} has ended")]
    private static partial void Lost(ILogger logger, string lease, long term);

    [LoggerMessage(1502, LogLevel.Debug, "The lease {Lease} can't be asked for now")]
    private static partial void CannotAsk(ILogger logger, string lease, Exception exception);

    [LoggerMessage(1503, LogLevel.Error, "The work of {Lease} failed; it begins anew")]
    private static partial void WorkFailed(ILogger logger, string lease, Exception exception);
}
