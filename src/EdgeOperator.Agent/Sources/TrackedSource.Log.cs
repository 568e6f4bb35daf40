using EdgeOperator.Core.State;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Sources;

internal sealed partial class TrackedSource
{
    [LoggerMessage(2001, LogLevel.Information, "Source {Source} delivered {Display} ({Files} files)")]
    private partial void LogFetched(string source, string display, int files);

    [LoggerMessage(2002, LogLevel.Information, "Source {Source} is Ready={Status}, {Reason}: {Message}")]
    private partial void LogTurned(string source, ConditionStatus status, string reason, string message);

    [LoggerMessage(2006, LogLevel.Warning, "Source {Source} was rewound {FromAndTo}, as an operator allowed")]
    private partial void LogRewound(string source, string fromAndTo);

    [LoggerMessage(2003, LogLevel.Error, "Source {Source} failed unexpectedly")]
    private partial void LogUnexpected(Exception error, string source);
}
