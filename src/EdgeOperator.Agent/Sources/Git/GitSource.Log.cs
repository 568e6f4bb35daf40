using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Sources.Git;

public sealed partial class GitSource
{
    [LoggerMessage(2011, LogLevel.Warning, "Source {Source}: the local repository can't be used ({Reason}); fetching afresh")]
    private partial void LogStartingAfresh(string source, string reason);
}
