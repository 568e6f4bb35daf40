using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Messages;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Rest;

/// <summary>What became of messages to devices. A batch is locked for a minute, in which it is completed or abandoned.</summary>
internal sealed class FeedbackRoutes(IHubStore store, TimeProvider time)
{
    private const int MostInBatch = 64;

    private static readonly TimeSpan LockTime = TimeSpan.FromMinutes(1);

    /// <summary>As long as IoT Hub keeps it at most.</summary>
    private static readonly TimeSpan Retention = TimeSpan.FromDays(2);

    public IEnumerable<ServiceRoute> Routes =>
    [
        new("GET", "messages/serviceBound/feedback", ReceiveAsync),
        new("DELETE", "messages/serviceBound/feedback/{}", request => EndAsync(request, store.CompleteFeedbackAsync)),
        new("POST", "messages/serviceBound/feedback/{}/abandon", request => EndAsync(request, store.AbandonFeedbackAsync)),
    ];

    private async Task ReceiveAsync(ServiceRequest request)
    {
        request.Need(Rights.ServiceConnect);
        var now = time.GetUtcNow();
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var batch = await store.LockFeedbackAsync(token, MostInBatch, now, now + LockTime, now - Retention, request.Aborted);
        if (batch.Count == 0)
        {
            request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        request.Http.Response.Headers.ETag = $"\"{token}\"";
        await request.WriteAsync(new JsonArray([.. batch.Select(Write)]));
    }

    private async Task EndAsync(ServiceRequest request, Func<string, DateTimeOffset, CancellationToken, Task<bool>> end)
    {
        request.Need(Rights.ServiceConnect);
        if (!await end(request.Path[3].Trim('"'), time.GetUtcNow(), request.Aborted))
            throw new ServiceException(ServiceError.DeviceMessageLockLost, "there is no such lock any more: what it held is received again");
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static JsonObject Write(Feedback feedback) => new()
    {
        ["originalMessageId"] = feedback.MessageId,
        ["description"] = feedback.Outcome.ToString(),
        ["deviceGenerationId"] = feedback.GenerationId,
        ["deviceId"] = feedback.DeviceId,
        ["enqueuedTimeUtc"] = TwinMetadata.Time(feedback.At),
        ["statusCode"] = feedback.Outcome.ToString(),
    };
}
