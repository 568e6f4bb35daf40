using Microsoft.Extensions.Logging;

namespace EdgeOperator.Portal.Hosting;

internal sealed partial class PortalGate
{
    [LoggerMessage(1800, LogLevel.Error, "The portal can't answer {Method} {Path}")]
    private static partial void Failed(ILogger logger, string method, string path, Exception exception);
}
