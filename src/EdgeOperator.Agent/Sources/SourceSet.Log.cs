using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Sources;

public sealed partial class SourceSet
{
    [LoggerMessage(2004, LogLevel.Warning, "What the sources delivered could not be stored as a revision")]
    private partial void LogNotComposed(Exception error);

    [LoggerMessage(2005, LogLevel.Warning, "Source {Source} can't be watched; only the interval polls it now")]
    private partial void LogNotWatched(Exception error, string source);

    [LoggerMessage(2006, LogLevel.Warning, "The files of {Revision} are lost; the sources are asked for them again")]
    private partial void LogLost(string revision);

    [LoggerMessage(2007, LogLevel.Information, "The revision that was lost is there again, as it was")]
    private partial void LogRecovered();
}
