using System.Collections.Concurrent;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Queues.Azure;
using EdgeOperator.Functions.Queues.Embedded;
using EdgeOperator.Functions.Storage;

namespace EdgeOperator.Functions.Queues;

/// <summary>Every queue that an app's bindings can name, through all its generations.</summary>
public sealed class QueueStores(EmbeddedQueues own, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, AzureQueues> _accounts = new(StringComparer.Ordinal);

    /// <summary>The host's own queues.</summary>
    public EmbeddedQueues Own => own;

    /// <param name="name">The queue's name, without braces or percent signs.</param>
    /// <exception cref="FormatException">The name or the connection can't be used; the message says what to change.</exception>
    internal IQueue Open(FunctionApp app, Binding binding, string name)
    {
        // The cloud's host lets names be written in any case.
        var queue = name.ToLowerInvariant();
        QueueName.Check(binding, name);
        return ConnectionSetting.Of(binding, app.Settings).Account is { } connection
            ? _accounts.GetOrAdd(connection, c => new(c)).Open(queue, app.Host.Queues.Base64, time)
            : own.Open(queue);
    }
}
