using System.Text;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Platform.Logging;

/// <summary><c>14:03:21 info  Reconciler: message (revision 1a2b3c4)</c>, in UTC.</summary>
/// <param name="escape">Makes a text one line without anything that a terminal acts on: what a registry or a repository says ends up here.</param>
public sealed class TerminalLine(bool colour, Func<string, string> escape) : ILineFormat
{
    public string Format(in LogEntry entry)
    {
        var (word, paint) = Level(entry.Level);
        var text = new StringBuilder()
            .Append(entry.At.UtcDateTime.ToString("HH:mm:ss"))
            .Append(' ')
            .Append(colour ? $"\e[{paint}m{word}\e[0m" : word)
            .Append(' ', 6 - word.Length)
            .Append(entry.Category)
            .Append(": ")
            .Append(escape(entry.Message));

        if (entry.Scopes.Count > 0)
            text.Append(" (").AppendJoin(", ", entry.Scopes.Select(s => $"{s.Key} {escape(s.Value?.ToString() ?? "")}")).Append(')');

        if (entry.Exception is { } exception)
            text.Append(": ").Append(escape($"{exception.GetType().Name}: {exception.Message}"));

        return text.Append('\n').ToString();
    }

    private static (string Word, int Paint) Level(LogLevel level) => level switch
    {
        LogLevel.Critical => ("fatal", 31),
        LogLevel.Error => ("error", 31),
        LogLevel.Warning => ("warn", 33),
        LogLevel.Information => ("info", 32),
        _ => ("debug", 90),
    };
}
