using System.Text.Json;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Workers.Node;

/// <summary>What a worker's process prints: records of ours, told by a leading RS, and whatever else the app writes.</summary>
internal sealed class NodeOutput(IInvocationLog log, TimeProvider time)
{
    private const char RecordSeparator = '\u001e';

    private readonly TaskCompletionSource<NodeRecord> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The worker's announcement.</summary>
    /// <exception cref="AppException">It said why it can't serve.</exception>
    public Task<NodeRecord> Ready => _ready.Task;

    /// <summary>Why the worker ended itself, in its own words; null if it did not say.</summary>
    public string? LastWords { get; private set; }

    public void TakeLine(string line)
    {
        var at = line.IndexOf(RecordSeparator);
        if (at != 0 && line.Length > 0)
        {
            Write(LogLevel.Information, "Host.Worker", null, null, at < 0 ? line : line[..at]);
        }

        if (at >= 0 && Parse(line.AsSpan(at + 1)) is { } record)
        {
            Take(record);
        }
    }

    public void TakeError(string line) => Write(LogLevel.Error, "Host.Worker", null, null, line);

    private void Take(NodeRecord record)
    {
        switch (record.Type)
        {
            case "ready":
                _ready.TrySetResult(record);
                break;
            case "failed":
                _ready.TrySetException(new AppException(record.Message ?? "The app can't be loaded, and the worker does not say why."));
                break;
            case "crash":
                LastWords = record.Message;
                Write(LogLevel.Critical, "Host.Worker", null, null, $"The app's process ends, for an error that nobody handles: {record.Message}");
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
