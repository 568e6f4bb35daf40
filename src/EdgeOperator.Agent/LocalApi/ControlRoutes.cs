using System.Collections.Immutable;
using EdgeOperator.Core.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EdgeOperator.Agent.LocalApi;

/// <summary><see cref="IAgentControl"/> as HTTP, without streams: <see cref="StreamRoutes"/>.</summary>
internal static class ControlRoutes
{
    public static void MapControl(this IEndpointRouteBuilder routes, IAgentControl control)
    {
        routes.MapGet("/v1/status", () => Results.Json(control.Status, ProtocolJson.Default.DeviceStatus));
        routes.MapGet("/v1/resources", (string? kind) => Results.Json(
            control.Status.Resources.Where(r => kind is null || r.Kind == kind).ToImmutableArray(), ProtocolJson.Default.ImmutableArrayResourceStatus));
        routes.MapGet("/v1/resources/{kind}/{name}", (string kind, string name) => Results.Json(
            control.Describe(new(kind, name)), ProtocolJson.Default.ResourceStatus));
        routes.MapGet("/v1/history", (string? limit) => Results.Json(
            control.History(Query.Limit(limit)), ProtocolJson.Default.ImmutableArrayHistoryRecord));

        routes.MapPost("/v1/reconcile", async (string? retry, string? allowRewind, string? reason, HttpContext context, CancellationToken cancellation) =>
        {
            var by = Operator.Of(context, reason);
            if (Query.Flag("allowRewind", allowRewind))
                await control.AllowRewindAsync(by, cancellation);
            await control.ReconcileAsync(Query.Flag("retry", retry), by, cancellation);
            return Results.Json(control.Status, ProtocolJson.Default.DeviceStatus);
        });
        routes.MapPost("/v1/suspend", async (string? resource, string? reason, HttpContext context, CancellationToken cancellation) =>
        {
            await control.SuspendAsync(Query.Resource(resource), Operator.Of(context, reason), cancellation);
            return Results.NoContent();
        });
        routes.MapPost("/v1/resume", async (string? resource, string? reason, HttpContext context, CancellationToken cancellation) =>
        {
            await control.ResumeAsync(Query.Resource(resource), Operator.Of(context, reason), cancellation);
            return Results.NoContent();
        });
        routes.MapPost("/v1/restart", async (string? resource, string? reason, HttpContext context, CancellationToken cancellation) => Results.Json(
            new RestartAnswer(await control.RestartAsync(
                Query.Needed(resource), Operator.Of(context, reason), cancellation)),
            ProtocolJson.Default.RestartAnswer));
        routes.MapPost("/v1/stop", async (string? resource, string? reason, HttpContext context, CancellationToken cancellation) =>
        {
            await control.StopAsync(Query.Needed(resource), Operator.Of(context, reason), cancellation);
            return Results.NoContent();
        });
        routes.MapPost("/v1/start", async (string? resource, string? reason, HttpContext context, CancellationToken cancellation) =>
        {
            await control.StartAsync(Query.Needed(resource), Operator.Of(context, reason), cancellation);
            return Results.NoContent();
        });
        routes.MapPost("/v1/updates/now", async (string? name, string? reason, HttpContext context, CancellationToken cancellation) => Results.Json(
            new UpdateAnswer(await control.UpdateNowAsync(name, Operator.Of(context, reason), cancellation)), ProtocolJson.Default.UpdateAnswer));
        routes.MapPost("/v1/rollback", async (string? revision, string? reason, HttpContext context, CancellationToken cancellation) =>
            Results.Json(new RollbackAnswer(await control.RollBackAsync(revision, Operator.Of(context, reason), cancellation)), ProtocolJson.Default.RollbackAnswer));
    }
}
