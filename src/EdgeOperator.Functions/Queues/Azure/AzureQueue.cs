using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;

namespace EdgeOperator.Functions.Queues.Azure;

/// <summary>A queue of a storage account.</summary>
/// <param name="base64">Whether messages are Base64 on their way; otherwise their text itself is sent.</param>
internal sealed class AzureQueue(string name, StorageAccount account, bool base64, TimeProvider time) : IQueue
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public string Name => name;

    public async Task SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        var text = Encode(body);
        if (Encoding.UTF8.GetByteCount(text) > QueueMessage.MaxBytes)
            throw new IOException($"A message for the queue {name} has {Encoding.UTF8.GetByteCount(text)} bytes as it is sent, and may have {QueueMessage.MaxBytes}");
        await SendAsync(name, text, cancellation);
    }

    public async Task<ImmutableArray<QueueMessage>> ReceiveAsync(int most, TimeSpan hold, CancellationToken cancellation)
    {
        var answer = await account.CallAsync(
            HttpMethod.Get, $"/{name}/messages", $"numofmessages={most}&visibilitytimeout={Seconds(hold)}", null, cancellation);
        return answer.Status switch
        {
            HttpStatusCode.OK => QueueXml.Messages(answer.Body, Decode),
            HttpStatusCode.NotFound => [],
            _ => throw Refused(name, answer),
        };
    }

    public async Task<QueueMessage?> RenewAsync(QueueMessage message, TimeSpan hold, CancellationToken cancellation)
    {
        var answer = await account.CallAsync(
            HttpMethod.Put, Path(message), $"popreceipt={Uri.EscapeDataString(message.Receipt)}&visibilitytimeout={Seconds(hold)}", null, cancellation);
        return answer.Status switch
        {
            HttpStatusCode.NoContent => message with { Receipt = answer.Receipt ?? message.Receipt, NextVisible = time.GetUtcNow() + hold },
            HttpStatusCode.NotFound or HttpStatusCode.BadRequest => null,
            _ => throw Refused(name, answer),
        };
    }

    public Task ReleaseAsync(QueueMessage message, TimeSpan after, CancellationToken cancellation) => RenewAsync(message, after, cancellation);

    public async Task<bool> DeleteAsync(QueueMessage message, CancellationToken cancellation)
    {
        var answer = await account.CallAsync(
            HttpMethod.Delete, Path(message), $"popreceipt={Uri.EscapeDataString(message.Receipt)}", null, cancellation);
        return answer.Status switch
        {
            HttpStatusCode.NoContent => true,
            HttpStatusCode.NotFound or HttpStatusCode.BadRequest => false,
            _ => throw Refused(name, answer),
        };
    }

    public async Task PoisonAsync(QueueMessage message, CancellationToken cancellation)
    {
        // A copy first: rather twice than never.
        await SendAsync(QueueName.Poison(name), message.IsMalformed ? Encoding.UTF8.GetString(message.Body.Span) : Encode(message.Body), cancellation);
        await DeleteAsync(message, cancellation);
    }

    public Task WaitAsync(TimeSpan most, CancellationToken cancellation) => Task.Delay(most, time, cancellation);

    private async Task SendAsync(string queue, string text, CancellationToken cancellation)
    {
        var message = QueueXml.Message(text);
        for (var isNew = true; ; isNew = false)
        {
            var answer = await account.CallAsync(HttpMethod.Post, $"/{queue}/messages", "", message, cancellation);
            if (answer.Status == HttpStatusCode.Created)
                return;
            if (answer.Status != HttpStatusCode.NotFound || !isNew)
                throw Refused(queue, answer);
            await CreateAsync(queue, cancellation);
        }
    }

    private async Task CreateAsync(string queue, CancellationToken cancellation)
    {
        var answer = await account.CallAsync(HttpMethod.Put, $"/{queue}", "", null, cancellation);
        if (answer.Status is not (HttpStatusCode.Created or HttpStatusCode.NoContent or HttpStatusCode.Conflict))
            throw Refused(queue, answer);
    }

    private IOException Refused(string queue, StorageAnswer answer) =>
        new($"{account.Where($"/{queue}")} answered {(int)answer.Status} ({QueueXml.ErrorCode(answer.Body) ?? "no code"})");

    private string Path(QueueMessage message) => $"/{name}/messages/{Uri.EscapeDataString(message.Id)}";

    private static string Seconds(TimeSpan span) => ((long)Math.Ceiling(span.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    private string Encode(ReadOnlyMemory<byte> body)
    {
        if (base64)
            return Convert.ToBase64String(body.Span);
        try
        {
            return Strict.GetString(body.Span);
        }
        catch (DecoderFallbackException e)
        {
            throw new IOException($"A message for the queue {name} is no UTF-8 text; set messageEncoding to base64 in host.json", e);
        }
    }

    private byte[]? Decode(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (!base64)
            return bytes;
        return Base64.IsValid(bytes) ? Convert.FromBase64String(text) : null;
    }
}
