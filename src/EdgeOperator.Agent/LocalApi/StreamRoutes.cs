using System.Text.Json;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EdgeOperator.Agent.LocalApi;

/// <summary>Events and logs, which may be followed: until the client goes or the agent stops.</summary>
internal static class StreamRoutes
{
    public const string EventStream = "application/x-ndjson";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    public static void MapStreams(this IEndpointRouteBuilder routes, IAgentControl control, TimeProvider time)
    {
        routes.MapGet("/v1/events", (string? after, string? limit, string? resource, string? follow, HttpContext context) =>
            Query.Follow(follow)
                ? FollowAsync(control, time, Query.After(after), Query.Limit(limit), Query.Resource(resource), context)
                : Results.Json(
                    control.Events(Query.After(after), Query.Limit(limit), Query.Resource(resource)),
                    ProtocolJson.Default.ImmutableArrayEventRecord).ExecuteAsync(context));

        routes.MapGet("/v1/resources/{kind}/{name}/logs", async (string kind, string name, string? follow, string? tail, string? since, string? timestamps, string? previous, HttpContext context) =>
        {
            var options = new LogOptions(Query.Follow(follow), Query.Tail(tail))
            {
                Since = Query.Moment("since", since),
                Timestamps = Query.Flag("timestamps", timestamps),
                Previous = Query.Flag("previous", previous),
            };
            context.Response.ContentType = "text/plain; charset=utf-8";
            using var ended = Ending(context);
            await control.CopyLogsAsync(new(kind, name), options, context.Response.Body, ended.Token);
        });
    }

    /// <summary>Findings and a support bundle, both for whoever helps.</summary>
    public static void MapSupport(this IEndpointRouteBuilder routes, IAgentControl control)
    {
        routes.MapGet("/v1/check", async (CancellationToken cancellation) => Results.Json(await control.CheckAsync(cancellation), ProtocolJson.Default.CheckReport));
        routes.MapGet("/v1/support-bundle", async (string? reason, HttpContext context) =>
        {
            var by = Operator.Of(context, reason);
            context.Response.ContentType = SupportBundle.MediaType;
            using var ended = Ending(context);
            await control.CopySupportBundleAsync(context.Response.Body, by, ended.Token);
        });
    }

    /// <summary>One event a line, as JSON: first the newest <paramref name="limit"/>, then each as it happens.</summary>
    private static async Task FollowAsync(IAgentControl control, TimeProvider time, long after, int limit, ResourceId? resource, HttpContext context)
    {
        using var ended = Ending(context);
        using var timer = new PeriodicTimer(Interval, time);
        context.Response.ContentType = EventStream;
        do
        {
            foreach (var record in control.Events(after, limit, resource))
            {
                await JsonSerializer.SerializeAsync(context.Response.Body, record, ProtocolJson.Default.EventRecord, ended.Token);
                await context.Response.Body.WriteAsync("\n"u8.ToArray(), ended.Token);
                after = record.Id;
            }

            limit = Query.MaxLimit;
            await context.Response.Body.FlushAsync(ended.Token);
        }
        while (await timer.WaitForNextTickAsync(ended.Token));
    }

    private static CancellationTokenSource Ending(HttpContext context) => CancellationTokenSource.CreateLinkedTokenSource(
        context.RequestAborted, context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
}
