using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;
using System.Xml;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using EdgeOperator.Functions.Storage;
using SdkMessage = Azure.Storage.Queues.Models.QueueMessage;

namespace EdgeOperator.Functions.Queues.Azure;

/// <summary>A queue of a storage account.</summary>
/// <param name="id">The account's, for messages.</param>
/// <param name="base64">Whether messages are Base64 in the account; otherwise they are their text itself.</param>
internal sealed class AzureQueue(QueueServiceClient account, string id, string name, bool base64, TimeProvider time) : IQueue
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly QueueClient _queue = account.GetQueueClient(name);

    public string Name => name;

    public async Task SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        var text = Encode(body);
        if (Encoding.UTF8.GetByteCount(text) > QueueMessage.MaxBytes)
            throw new IOException($"A message for the queue {name} has {Encoding.UTF8.GetByteCount(text)} bytes as it is sent, and may have {QueueMessage.MaxBytes}");
        await SendAsync(_queue, text, cancellation);
    }

    public Task<ImmutableArray<QueueMessage>> ReceiveAsync(int most, TimeSpan hold, CancellationToken cancellation) => CallAsync(async () =>
    {
        try
        {
            var received = await _queue.ReceiveMessagesAsync(most, hold, cancellation);
            return [.. received.Value.Select(Message)];
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return ImmutableArray<QueueMessage>.Empty;
        }
    });

    public Task<QueueMessage?> RenewAsync(QueueMessage message, TimeSpan hold, CancellationToken cancellation) => CallAsync(async () =>
    {
        try
        {
            // Without a text the message keeps the one that it has.
            var receipt = (await _queue.UpdateMessageAsync(message.Id, message.Receipt, messageText: null, hold, cancellation)).Value;
            return message with { Receipt = receipt.PopReceipt, NextVisible = time.GetUtcNow() + hold };
        }
        catch (RequestFailedException e) when (IsNoLongerHeld(e))
        {
            return null;
        }
    });

    public Task ReleaseAsync(QueueMessage message, TimeSpan after, CancellationToken cancellation) => RenewAsync(message, after, cancellation);

    public Task<bool> DeleteAsync(QueueMessage message, CancellationToken cancellation) => CallAsync(async () =>
    {
        try
        {
            await _queue.DeleteMessageAsync(message.Id, message.Receipt, cancellation);
            return true;
        }
        catch (RequestFailedException e) when (IsNoLongerHeld(e))
        {
            return false;
        }
    });

    public async Task PoisonAsync(QueueMessage message, CancellationToken cancellation)
    {
        // A copy first: rather twice than never.
        var text = message.IsMalformed ? Encoding.UTF8.GetString(message.Body.Span) : Encode(message.Body);
        await SendAsync(account.GetQueueClient(QueueName.Poison(name)), text, cancellation);
        await DeleteAsync(message, cancellation);
    }

    public Task WaitAsync(TimeSpan most, CancellationToken cancellation) => Task.Delay(most, time, cancellation);

    private async Task SendAsync(QueueClient queue, string text, CancellationToken cancellation)
    {
        // Where XML can't carry the text, and the SDK would fail in a way of its own.
        if (!text.All(c => XmlConvert.IsXmlChar(c) || char.IsSurrogate(c)))
            throw new IOException($"A message with control characters can't be sent to the queue {queue.Name} as text; set messageEncoding to base64 in host.json");
        await CallAsync(async () =>
        {
            try
            {
                return await queue.SendMessageAsync(text, cancellation);
            }
            catch (RequestFailedException e) when (e.ErrorCode == QueueErrorCode.QueueNotFound)
            {
                await queue.CreateIfNotExistsAsync(cancellationToken: cancellation);
                return await queue.SendMessageAsync(text, cancellation);
            }
        });
    }

    // No such message, or another receipt than its latest.
    private static bool IsNoLongerHeld(RequestFailedException e) => e.Status is 400 or 404;

    private Task<T> CallAsync<T>(Func<Task<T>> call) => StorageCalls.CallAsync(id, $"the queue {name}", call);

    private QueueMessage Message(SdkMessage message)
    {
        var body = Decode(message.MessageText);
        return new(
            message.MessageId, message.PopReceipt, (int)message.DequeueCount, message.InsertedOn ?? default, message.ExpiresOn ?? default,
            message.NextVisibleOn ?? default, body ?? Encoding.UTF8.GetBytes(message.MessageText))
        {
            IsMalformed = body is null,
        };
    }

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
