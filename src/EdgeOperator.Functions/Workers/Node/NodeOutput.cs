using System.Text;
using System.Text.Json;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Workers.Node;

/// <summary>What a worker's process prints: records of ours, between RS and US, and whatever else the app writes.</summary>
internal sealed class NodeOutput(IInvocationLog log, TimeProvider time)
{
    private const char Start = '\u001e';
    private const char End = '\u001f';

    private readonly StringBuilder _record = new();

    private readonly TaskCompletionSource<NodeRecord> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The worker's announcement.</summary>
    /// <exception cref="AppException">It said why it can't serve.</exception>
    public Task<NodeRecord> Ready => _ready.Task;

    /// <summary>Why the worker ended itself, in its own words; null if it did not say.</summary>
    public string? LastErrorLine { get; private set; }

    /// <summary>How the process ended without the records in it: "ended with code 1: …".</summary>
    public static string WithoutRecords(string end)
    {
        var at = end.IndexOf(Start);
        return at < 0 ? end : end[..at].TrimEnd(' ', ':');
    }

    /// <summary>Takes a line, or a part of one that is long.</summary>
    public void TakeLine(LogLevel level, string line)
    {
        // Records come on standard output alone; lines of standard error may come in between.
        if (level != LogLevel.Information)
        {
            Write(level, "Host.Worker", null, null, line);
            return;
        }

        while (line.Length > 0)
        {
            line = _record.Length > 0 ? Continue(line) : Begin(line);
        }
    }

    private string Begin(string line)
    {
        var at = line.IndexOf(Start);
        if (at != 0)
        {
            Write(LogLevel.Information, "Host.Worker", null, null, at < 0 ? line : line[..at]);
        }

        return at < 0 ? "" : Continue(line[at..]);
    }

    private string Continue(string line)
    {
        var at = line.IndexOf(End);
        _record.Append(at < 0 ? line : line[..at]);
        if (at < 0)
        {
            return "";
        }

        var record = Parse(_record.ToString().AsSpan(1));
        _record.Clear();
        if (record is not null)
        {
            Take(record);
        }

        return line[(at + 1)..];
    }

    private void Take(NodeRecord record)
    {
        switch (record.Type)
        {
            case "ready":
                _ready.TrySetResult(record);
                break;
            case "failed":
                _ready.TrySetException(new AppException(record.Message ?? "The app can't be loaded, and the worker gives no reason."));
                break;
            case "crash":
                LastErrorLine = record.Message;
                Write(LogLevel.Critical, "Host.Worker", null, null, $"The app's process ends, because of an unhandled error: {record.Message}");
                break;
            case "log":
                Write(Level(record.Level), Category(record), record.Function, record.Id, record.Message ?? "");
                break;
        }
    }

    private void Write(LogLevel level, string category, string? function, string? id, string message) =>
        log.Write(new(time.GetUtcNow(), level, category, function, id, message));

    private static string Category(NodeRecord record) => record switch
    {
        { Function: null } => "Host.Worker",
        { Category: "user" } => $"Function.{record.Function}.User",
        _ => $"Function.{record.Function}",
    };

    private static LogLevel Level(string? level) => Enum.TryParse<LogLevel>(level, ignoreCase: true, out var known) ? known : LogLevel.Information;

    private static NodeRecord? Parse(ReadOnlySpan<char> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, NodeJson.Default.NodeRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
