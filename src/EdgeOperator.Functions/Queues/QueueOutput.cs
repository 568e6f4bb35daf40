using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Queues;

/// <summary>Sends what functions put out to <c>queue</c> bindings: one message, or each of an array.</summary>
public sealed partial class QueueOutput(FunctionApp app, QueueStores queues) : IOutput
{
    // So many at once share a write to the disk; in the order of the array.
    private const int AtOnce = 32;

    public bool Handles(Binding binding) =>
        binding.Direction == BindingDirection.Out && binding.Type.Equals("queue", StringComparison.OrdinalIgnoreCase);

    public async Task WriteAsync(Binding binding, Value value, JsonObject metadata, CancellationToken cancellation)
    {
        var queue = Open(binding, metadata);
        foreach (var messages in QueuePayload.Messages(value).Chunk(AtOnce))
            await Task.WhenAll(messages.Select(message => queue.SendAsync(message, cancellation)));
    }

    private IQueue Open(Binding binding, JsonObject metadata)
    {
        try
        {
            var name = binding.Text("queueName") ?? throw new FormatException($"The binding {binding.Name} has no queueName");
            return queues.Open(app, binding, Expression().Replace(name, match => Resolve(match.Groups[1].Value, binding, metadata)));
        }
        catch (FormatException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private static string Resolve(string name, Binding binding, JsonObject metadata) =>
        metadata.FirstOrDefault(m => m.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value?.ToString()
        ?? (name.Equals("rand-guid", StringComparison.OrdinalIgnoreCase) ? Guid.NewGuid().ToString() : null)
        ?? throw new FormatException($"The queueName of the binding {binding.Name} needs {{{name}}}, and the trigger has no such value");

    [GeneratedRegex(@"\{([^{}]+)\}")]
    private static partial Regex Expression();
}
