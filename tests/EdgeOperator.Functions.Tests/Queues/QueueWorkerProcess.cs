using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Queues;
using EdgeOperator.Functions.Queues.Embedded;
using EdgeOperator.Functions.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Functions.Tests.Queues;

/// <summary>What a process of its own does with the queue "orders" until it is killed; each line of its log is a message.</summary>
internal static class QueueWorkerProcess
{
    public const string Work = "work-on-queue";
    public const string Send = "send-to-queue";

    public static async Task RunAsync(string role, string path, string log)
    {
        await using var database = HostDatabase.Open(path);
        var queue = (await EmbeddedQueues.OpenAsync(database, TimeProvider.System, default)).Open("orders");
        using var lines = new FileStream(log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        await (role == Work ? WorkAsync(queue, lines) : SendAsync(queue, lines));
    }

    private static async Task WorkAsync(EmbeddedQueue queue, FileStream lines)
    {
        var functions = new Recorder
        {
            Answer = (call, _) =>
            {
                Add(lines, ((Value.Text)call.Inputs["message"]).Content);
                return Task.FromResult(Recorder.Success);
            },
        };
        var trigger = new Binding("message", "queueTrigger", BindingDirection.In, new JsonObject());
        await using var listener = new QueueListener(
            new("Take", [trigger]) { Folder = "/" }, queue, new(), functions, TimeProvider.System, NullLogger<QueueListener>.Instance);
        listener.Start();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
    }

    private static Task SendAsync(EmbeddedQueue queue, FileStream lines) => Task.WhenAll(Enumerable.Range(0, 4).Select(async sender =>
    {
        for (var i = 0; ; i++)
        {
            await queue.SendAsync(Encoding.UTF8.GetBytes($"{sender}-{i}"), default);
            Add(lines, $"{sender}-{i}");
        }
    }));

    private static void Add(FileStream lines, string message)
    {
        lock (lines)
            lines.Write(Encoding.UTF8.GetBytes($"{message}\n"));
    }
}
