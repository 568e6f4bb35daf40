using System.Collections.Concurrent;
using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Tests.Node;

/// <summary>Keeps every line.</summary>
internal sealed class RecordedLog : IInvocationLog
{
    private readonly ConcurrentQueue<LogLine> _lines = new();

    public IReadOnlyCollection<LogLine> Lines => _lines;

    public string Text => string.Join('\n', _lines.Select(l => $"{l.Level} {l.Category} {l.Message}"));

    public void Write(in LogLine line) => _lines.Enqueue(line);
}
