using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Workers.Rpc.Messages;

namespace EdgeOperator.Functions.Workers.Rpc;

/// <summary>
/// Inputs that a worker makes an SDK's own type of, such as <c>QueueMessage</c>. Its binding says so (<c>supportsDeferredBinding</c>), and it
/// gets what describes the object in place of a value.
/// </summary>
internal static class RpcModelData
{
    /// <returns>Null where the worker is to get the value itself.</returns>
    public static TypedData? Of(Invocation invocation, string name) =>
        invocation.Function.Trigger is { } trigger
        && trigger.Name == name
        && trigger.Type.Equals("queueTrigger", StringComparison.OrdinalIgnoreCase)
        && trigger.IsDeferred
            ? new() { ModelBindingData = Message(invocation.Metadata) }
            : null;

    // The source and the names that Microsoft.Azure.Functions.Worker.Extensions.Storage.Queues reads.
    private static ModelBindingData Message(JsonObject metadata)
    {
        var message = new JsonObject
        {
            ["MessageId"] = Text("Id"),
            ["PopReceipt"] = Text("PopReceipt"),
            ["MessageText"] = Text("queueTrigger"),
            ["DequeueCount"] = long.TryParse(Text("DequeueCount"), CultureInfo.InvariantCulture, out var count) ? count : 1,
            ["NextVisibleOn"] = Text("NextVisibleTime"),
            ["InsertedOn"] = Text("InsertionTime"),
            ["ExpiresOn"] = Text("ExpirationTime"),
        };
        return TypedValues.Model("AzureStorageQueues", message);

        string Text(string name) => metadata[name]?.ToString() ?? "";
    }
}
