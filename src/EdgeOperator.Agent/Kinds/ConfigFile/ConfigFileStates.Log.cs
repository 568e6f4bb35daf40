using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Kinds.ConfigFile;

internal sealed partial class ConfigFileStates
{
    [LoggerMessage(3200, LogLevel.Warning, "The file record {Path} is damaged or incomplete: {Reason}. What is left of it, or the kept original, is used instead")]
    private partial void LogDamaged(string path, string reason);
}
