using EdgeOperator.Core.Text;
using EdgeOperator.Functions.Invoking;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Logs;

/// <summary>
/// A log line as text: <c>2026-03-01T14:03:21.123Z info  FUNCTION INVOCATION message</c>, in UTC, with <c>-</c> where a
/// line belongs to no function or invocation. Line ends within a message are written as <c>\n</c>.
/// </summary>
internal static class LogText
{
    public static string Of(in LogLine line) =>
        $"{line.At.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fff}Z {Word(line.Level)} {line.Function ?? "-"} {line.InvocationId ?? "-"} {OneLine(line.Message)}";

    /// <summary>Whether a line of this format is a function's.</summary>
    public static bool IsOf(ReadOnlySpan<char> text, string function)
    {
        Span<Range> parts = stackalloc Range[4];
        var count = text.Split(parts, ' ', StringSplitOptions.RemoveEmptyEntries);
        return count > 2 && text[parts[2]].Equals(function, StringComparison.OrdinalIgnoreCase);
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Critical => "fatal",
        LogLevel.Error => "error",
        LogLevel.Warning => "warn ",
        LogLevel.Information => "info ",
        LogLevel.Debug => "debug",
        _ => "trace",
    };

    // What a function writes ends up on terminals, by `run` and by whoever looks at the files.
    private static string OneLine(string text) => TerminalText.EscapeLine(text.TrimEnd().ReplaceLineEndings("\\n"));
}
