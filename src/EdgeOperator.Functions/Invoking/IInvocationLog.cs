using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Invoking;

/// <summary>Where an app's log lines go: those of its functions, and what its workers print.</summary>
public interface IInvocationLog
{
    /// <summary>Keeps or drops the line; never blocks for long and never throws.</summary>
    void Write(in LogLine line);
}

/// <param name="Category">As <c>logging.logLevel</c> in host.json has them: <c>Function.NAME</c> (the host's words on an
/// invocation), <c>Function.NAME.User</c> (the function's own), <c>Host.Function.Console</c> (what a worker prints).</param>
/// <param name="Function">Null where a line belongs to none.</param>
public readonly record struct LogLine(
    DateTimeOffset At, LogLevel Level, string Category, string? Function, string? InvocationId, string Message);
