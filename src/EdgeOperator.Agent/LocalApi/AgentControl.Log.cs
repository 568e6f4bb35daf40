using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.LocalApi;

public sealed partial class AgentControl
{
    [LoggerMessage(1301, LogLevel.Information, "{What}")]
    private partial void LogAsked(string what);
}
