using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Remote;

internal sealed partial class HubChannels
{
    [LoggerMessage(7100, LogLevel.Information, "A channel to {Hub} has ended before its time: {Reason}")]
    private static partial void Broken(ILogger logger, string hub, string reason);
}
