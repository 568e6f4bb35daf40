using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Hosting;

internal sealed partial class HostLoop
{
    [LoggerMessage(EventId = 100, Level = LogLevel.Information, Message = "Loading {App} at generation {Generation}")]
    private partial void LogLoading(string app, string generation);

    [LoggerMessage(EventId = 101, Level = LogLevel.Information, Message = "Generation {Generation} serves on {Url}")]
    private partial void LogServing(string generation, string url);

    [LoggerMessage(EventId = 102, Level = LogLevel.Warning, Message = "The function {Function} can't run: {Problem}")]
    private partial void LogProblem(string function, string problem);

    [LoggerMessage(EventId = 103, Level = LogLevel.Error, Message = "Generation {Generation} can't be loaded: {Problem}")]
    private partial void LogFailed(string generation, string problem);

    [LoggerMessage(EventId = 104, Level = LogLevel.Information, Message = "Generation {Generation} is given up for a newer one")]
    private partial void LogSuperseded(string generation);

    [LoggerMessage(EventId = 105, Level = LogLevel.Information, Message = "Outside of the windows in which the app may run; the next begins at {Next}")]
    private partial void LogOutsideSchedule(DateTimeOffset? next);

    [LoggerMessage(EventId = 106, Level = LogLevel.Information, Message = "Stopping: what runs may end")]
    private partial void LogStopping();

    [LoggerMessage(EventId = 107, Level = LogLevel.Information, Message = "Stopped")]
    private partial void LogStopped();

    [LoggerMessage(EventId = 108, Level = LogLevel.Information, Message = "The function {Function} answers {Url}/{Template}")]
    private partial void LogRoute(string function, string url, string template);

    [LoggerMessage(EventId = 109, Level = LogLevel.Error, Message = "A fault of the host itself")]
    private partial void LogFault(Exception fault);
}
