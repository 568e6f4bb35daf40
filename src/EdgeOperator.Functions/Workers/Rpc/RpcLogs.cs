using System.Collections.Concurrent;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Workers.Rpc.Messages;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Workers.Rpc;

/// <summary>What a worker says, on its stream and on its standard output and error.</summary>
internal sealed class RpcLogs(IInvocationLog log, TimeProvider time)
{
    private const string Category = "Host.Worker";

    /// <summary>How a worker marks lines of its own on standard output.</summary>
    private const string SystemMark = "LanguageWorkerConsoleLog";

    private readonly ConcurrentDictionary<string, string> _running = new();

    /// <summary>Lines of this invocation are the function's until the result is disposed of.</summary>
    public IDisposable Begin(string invocationId, string function)
    {
        _running[invocationId] = function;
        return new End(_running, invocationId);
    }

    public void Take(RpcLog line)
    {
        var function = line.InvocationId.Length > 0 ? _running.GetValueOrDefault(line.InvocationId) : null;
        var category = (function, line.LogCategory) switch
        {
            (null, _) => Category,
            (_, RpcLog.Types.RpcLogCategory.User) => $"Function.{function}.User",
            _ => $"Function.{function}",
        };
        var message = line.Exception is { Message.Length: > 0 } exception ? $"{line.Message}\n{exception.Message}\n{exception.StackTrace}".Trim() : line.Message;
        Write((LogLevel)(int)line.Level, category, function, line.InvocationId.Length > 0 ? line.InvocationId : null, message);
    }

    /// <summary>Takes a line that the process printed.</summary>
    public void TakeLine(LogLevel level, string line) =>
        Write(level, Category, null, null, line.StartsWith(SystemMark, StringComparison.Ordinal) ? line[SystemMark.Length..].Trim() : line);

    private void Write(LogLevel level, string category, string? function, string? id, string message) =>
        log.Write(new(time.GetUtcNow(), level, category, function, id, message));

    private sealed class End(ConcurrentDictionary<string, string> running, string id) : IDisposable
    {
        public void Dispose() => running.TryRemove(id, out _);
    }
}
