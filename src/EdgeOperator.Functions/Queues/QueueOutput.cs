using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Queues;

/// <summary>Sends what functions put out to <c>queue</c> bindings: one message, or each of an array.</summary>
public sealed class QueueOutput(FunctionApp app, QueueStores queues, TimeProvider time) : IOutput
{
    // So many at once share a write to the disk; in the order of the array.
    private const int AtOnce = 32;

    public bool Handles(Binding binding) =>
        binding.Direction == BindingDirection.Out && binding.Type.Equals("queue", StringComparison.OrdinalIgnoreCase);

    public void Check(Binding binding) => QueueName.Check(binding, binding.Text("queueName") ?? "");

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
            return queues.Open(app, binding, BindingExpression.Resolve(name, metadata, time.GetUtcNow()));
        }
        catch (FormatException e)
        {
            throw new IOException(e.Message, e);
        }
    }
}
