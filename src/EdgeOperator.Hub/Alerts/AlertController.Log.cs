using EdgeOperator.Core.Alerts;

namespace EdgeOperator.Hub.Alerts;

internal sealed partial class AlertController
{
    [LoggerMessage(1900, LogLevel.Warning, "Alerts can't be looked for now; trying again")]
    private static partial void CannotLook(ILogger logger, Exception exception);

    [LoggerMessage(1901, LogLevel.Warning, "The alert {Alert} could not be told to {Receiver}; trying again: {Reason}")]
    private static partial void NotDelivered(ILogger logger, string alert, string receiver, string reason);

    [LoggerMessage(1902, LogLevel.Information, "{Status}: {Summary}")]
    private static partial void Changed(ILogger logger, AlertStatus status, string summary);
}
