using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json.Serialization;
using EdgeOperator.Functions.Queues.Embedded;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Queues;

/// <summary>
/// The way into the host's own queues on its control socket: <c>GET /queues</c> tells their lengths,
/// <c>POST /queues/NAME</c> sends its body as one message.
/// </summary>
public sealed class QueueApi(EmbeddedQueues queues)
{
    public Task ListAsync(HttpContext context) => context.Response.WriteAsJsonAsync(
        queues.All.Select(q => new QueueReport(q.Name, q.Length)).ToImmutableArray(), QueueJson.Default.ImmutableArrayQueueReport,
        cancellationToken: context.RequestAborted);

    /// <summary>201 once the message is on the disk; 400 for a bad name, 413 for more than 64 KiB, 507 when the disk does not take it.</summary>
    public async Task SendAsync(HttpContext context, string name)
    {
        if (!QueueName.IsValid(name))
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, $"\"{name}\" is no name of a queue; a name has {QueueName.Rule}");
        }
        else if (await BodyAsync(context) is not { } body)
        {
            await RefuseAsync(context, StatusCodes.Status413PayloadTooLarge, $"A message has at most {QueueMessage.MaxBytes} bytes");
        }
        else
        {
            try
            {
                await queues.Open(name).SendAsync(body, context.RequestAborted);
                context.Response.StatusCode = StatusCodes.Status201Created;
            }
            catch (IOException e)
            {
                await RefuseAsync(context, StatusCodes.Status507InsufficientStorage, e.Message);
            }
        }
    }

    private static async Task<byte[]?> BodyAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            var isTooLong = read.Buffer.Length > QueueMessage.MaxBytes;
            if (isTooLong || read.IsCompleted)
            {
                var body = isTooLong ? null : read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(message, context.RequestAborted);
    }
}

/// <param name="Length">Messages, those that are worked on included.</param>
public sealed record QueueReport(string Name, long Length);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ImmutableArray<QueueReport>))]
internal sealed partial class QueueJson : JsonSerializerContext;
