using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Kinds.EdgeModule.Images;

internal sealed partial class ImagePuller
{
    [LoggerMessage(6102, LogLevel.Warning, "{Image} will not be removed when it is not needed any more, as it can't be noted that the agent pulled it: {Message}")]
    private partial void LogNotRemembered(string image, string message);
}
