using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Hub.Events;
using EdgeOperator.Hub.Rest;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Api;

/// <param name="Actor">Who asked for it; null for what a device or the hub did by itself.</param>
internal sealed record EventAnswer(long Sequence, DateTime At, string Type, string? DeviceId, string? ModuleId, string? Actor, string Message, JsonObject? Data);

/// <summary>What happens, live, as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).</summary>
internal sealed class EventRoutes(HubEvents events, IHubStore store, IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>Of all who watch.</summary>
    private const int MostStreams = 256;

    private const int MostItems = 1000;

    /// <summary>Looked through for a caller who sees few of them.</summary>
    private const int MostPages = 5;

    /// <summary>Proxies cut what is silent for a minute.</summary>
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(15);

    private int _streams;

    public IEnumerable<ServiceRoute> Routes =>
    [
        ApiRoute.Stream(
            "events", "What happens, as it happens; Last-Event-ID, or after, resumes", "text/event-stream", StreamAsync,
            new("after", "The sequence number of the last one that is known; without it, from now on", QueryParameterType.Number),
            new("device", "Only this device's"),
            new("type", "Only of this type; may be given more than once")) with { Reach = RouteReach.Many },
        ApiRoute.Get(
            "events/latest", "What has happened, the latest first", LatestAsync,
            new("before", "Only what was before this sequence number", QueryParameterType.Number),
            new("limit", $"At most so many: 1 to {MostItems}, 100 when left out", QueryParameterType.Number),
            new("device", "Only this device's"),
            new("type", "Only of this type")) with { Reach = RouteReach.Many },
    ];

    private async Task<EventAnswer[]> LatestAsync(ServiceRequest request)
    {
        request.Need(Rights.RegistryRead | Rights.View);
        var before = ApiRoute.Number(request, "before", long.MaxValue, 1, long.MaxValue);
        var limit = (int)ApiRoute.Number(request, "limit", 100, 1, MostItems);
        var (device, type) = (ApiRoute.Text(request, "device"), ApiRoute.Text(request, "type"));
        if (request.Scope is not { } scope)
            return [.. (await store.ReadLatestEventsAsync(before, device, type, limit, request.Aborted)).Select(Answer)];
        var found = new List<EventAnswer>();
        for (var pages = 0; pages < MostPages && found.Count < limit; pages++)
        {
            var page = await store.ReadLatestEventsAsync(before, device, type, MostItems, request.Aborted);
            foreach (var happened in page)
                if (found.Count < limit && await scope.HasAsync(happened, request.Aborted))
                    found.Add(Answer(happened));
            if (page.Count < MostItems)
                break;
            before = page[^1].Sequence;
        }

        return [.. found];
    }

    private async Task StreamAsync(ServiceRequest request)
    {
        request.Need(Rights.RegistryRead | Rights.View);
        var after = await AfterAsync(request);
        try
        {
            if (Interlocked.Increment(ref _streams) > MostStreams)
                throw new ServiceException(ServiceError.ThrottlingException, $"{MostStreams} watch already: try again later");
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, lifetime.ApplicationStopping);
            await WriteAsync(request, after, ended.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // The client connects again, and goes on where it was.
        }
        finally
        {
            Interlocked.Decrement(ref _streams);
        }
    }

    private async Task WriteAsync(ServiceRequest request, long after, CancellationToken ended)
    {
        var response = request.Http.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        await response.StartAsync(ended);
        var device = ApiRoute.Text(request, "device");
        var types = request.Http.Request.Query["type"].OfType<string>().ToHashSet(StringComparer.Ordinal);
        var saidAt = time.GetTimestamp();
        var last = after;
        await foreach (var happened in events.FollowAsync(after, ended))
        {
            if (happened is null)
            {
                if (time.GetElapsedTime(saidAt) < SignOfLife)
                    continue;

                // Its id lets a client that saw nothing of what it wants resume here.
                await response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $": nothing new\nid: {last}\n\n"), ended);
            }
            else
            {
                last = happened.Sequence;
                if ((device is not null && happened.Key?.DeviceId != device) || (types.Count > 0 && !types.Contains(happened.Type)) || (request.Scope is { } scope && !await scope.HasAsync(happened, ended)))
                    continue;
                await response.WriteAsync(Write(happened), ended);
            }

            await response.Body.FlushAsync(ended);
            saidAt = time.GetTimestamp();
        }
    }

    private static EventAnswer Answer(HubEvent happened)
    {
        var key = happened.Key;
        return new(happened.Sequence, happened.At.UtcDateTime, happened.Type, key?.DeviceId, key is { IsModule: true } ? key.Value.ModuleId : null, happened.Actor, happened.Message, happened.Data);
    }

    // JSON has no line breaks outside of texts, and escapes those inside.
    private static string Write(HubEvent happened) =>
        string.Create(CultureInfo.InvariantCulture, $"id: {happened.Sequence}\nevent: {happened.Type}\ndata: {JsonSerializer.Serialize(Answer(happened), ApiJson.Options)}\n\n");

    private async Task<long> AfterAsync(ServiceRequest request) =>
        long.TryParse(request.Http.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var resumed)
            ? resumed
            : ApiRoute.Number(request, "after", -1, 0, long.MaxValue) is >= 0 and var after ? after : await store.LastEventAsync(request.Aborted);
}
