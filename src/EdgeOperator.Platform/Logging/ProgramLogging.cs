using Microsoft.Extensions.Logging;

namespace EdgeOperator.Platform.Logging;

/// <summary>How a program's log looks: a line a person can read, or a line of JSON where a journal collects it.</summary>
public static class ProgramLogging
{
    /// <param name="verbose">Debug messages too.</param>
    /// <param name="escape">See <see cref="TerminalLine"/>.</param>
    /// <param name="variable">Reads an environment variable.</param>
    public static ILoggerFactory Create(
        TextWriter output, bool verbose, bool colour, Func<string, string> escape, TimeProvider time, Func<string, string?> variable) =>
        LoggerFactory.Create(builder => builder
            .SetMinimumLevel(verbose ? LogLevel.Debug : LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddProvider(new LineLoggerProvider(output, IsJson(variable) ? new JsonLine() : new TerminalLine(colour, escape), time)));

    /// <summary><c>EDGEOP_LOG_FORMAT</c> (json, text) decides; without it, whether systemd started the process.</summary>
    public static bool IsJson(Func<string, string?> variable) => variable("EDGEOP_LOG_FORMAT") switch
    {
        "json" => true,
        null or "" => variable("JOURNAL_STREAM") is not null || variable("INVOCATION_ID") is not null,
        _ => false,
    };
}
