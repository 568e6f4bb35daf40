using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Logs;

/// <summary>The host's own words, in the same files as those of its functions.</summary>
internal sealed class AppLoggerProvider(AppLog log, TimeProvider time) : ILoggerProvider
{
    public static ILoggerFactory Factory(AppLog log, TimeProvider time) => LoggerFactory.Create(builder => builder
        .SetMinimumLevel(LogLevel.Debug)
        .AddFilter("Microsoft", LogLevel.Warning)
        .AddProvider(new AppLoggerProvider(log, time)));

    public ILogger CreateLogger(string categoryName) => new HostLogger(log, time, "Host." + categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void Dispose()
    {
    }

    private sealed class HostLogger(AppLog log, TimeProvider time, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => log.Keeps(category, logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;

            var message = formatter(state, exception);
            log.Write(new(time.GetUtcNow(), logLevel, category, null, null, exception is null ? message : $"{message}: {exception.GetType().Name}: {exception.Message}"));
        }
    }
}
