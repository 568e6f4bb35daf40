using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent;

public sealed partial class EdgeAgent
{
    [LoggerMessage(5211, LogLevel.Warning, "Other users of this device have access to the state directory {Directory}: take it away with chmod 700, or set stateDirectory to a folder of the agent's own")]
    private static partial void LogNotPrivate(ILogger logger, string directory);

    [LoggerMessage(5212, LogLevel.Error, "{Problem}. It is tried again; what is encrypted for the device waits where there is no identity yet")]
    private static partial void LogNotSealed(ILogger logger, string problem);
}
