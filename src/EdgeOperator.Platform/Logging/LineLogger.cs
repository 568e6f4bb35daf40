using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Platform.Logging;

/// <summary>One log entry, ready to be written.</summary>
/// <param name="Category">The logger's name without its namespace.</param>
/// <param name="Scopes">What the surrounding scopes name, outermost first.</param>
/// <param name="Trace">The trace that it belongs to; <c>default</c> for none.</param>
public readonly record struct LogEntry(
    DateTimeOffset At,
    LogLevel Level,
    string Category,
    EventId Event,
    string Message,
    Exception? Exception,
    IReadOnlyList<KeyValuePair<string, object?>> Scopes,
    ActivityContext Trace = default);

/// <summary>A log entry as one line of text, line end included.</summary>
public interface ILineFormat
{
    string Format(in LogEntry entry);
}

/// <summary>Writes each entry at once as one line, so that nothing is lost when the process crashes.</summary>
[ProviderAlias("Line")]
public sealed class LineLoggerProvider(TextWriter output, ILineFormat format, TimeProvider time) : ILoggerProvider, ISupportExternalScope
{
    private readonly Lock _lock = new();
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
        lock (_lock)
            output.Flush();
    }

    private void Write(string category, LogLevel level, EventId id, string message, Exception? exception)
    {
        var scopes = new List<KeyValuePair<string, object?>>();
        _scopes.ForEachScope(Collect, scopes);
        var line = format.Format(new(time.GetUtcNow(), level, category, id, message, exception, scopes, Activity.Current?.Context ?? default));
        lock (_lock)
        {
            output.Write(line);
            output.Flush();
        }
    }

    private static void Collect(object? scope, List<KeyValuePair<string, object?>> into)
    {
        if (scope is IEnumerable<KeyValuePair<string, object?>> named)
            into.AddRange(named.Where(n => n.Key != "{OriginalFormat}"));
    }

    private sealed class LineLogger(LineLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => provider._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            provider.Write(category, logLevel, eventId, formatter(state, exception), exception);
    }
}
