using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Kinds.SystemUpdate.Releases;

internal sealed partial class ReleaseDriver
{
    [LoggerMessage(7901, LogLevel.Information, "Version {Version} has completed a pass, and stays")]
    private partial void LogConfirmed(string version);
}
