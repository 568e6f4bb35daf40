using EdgeOperator.Core.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EdgeOperator.Agent.LocalApi;

/// <summary>Snapshots of a resource's disks.</summary>
internal static class SnapshotRoutes
{
    private const string One = "/v1/resources/{kind}/{name}/snapshots/{snapshot}";

    public static void MapSnapshots(this IEndpointRouteBuilder routes, IAgentControl control)
    {
        routes.MapGet("/v1/resources/{kind}/{name}/snapshots", async (string kind, string name, CancellationToken cancellation) =>
            Results.Json(await control.SnapshotsAsync(new(kind, name), cancellation), ProtocolJson.Default.ImmutableArraySnapshotReport));
        routes.MapPut(One, async (string kind, string name, string snapshot, string? reason, HttpContext context, CancellationToken cancellation) =>
        {
            await control.CreateSnapshotAsync(new(kind, name), snapshot, Operator.Of(context, reason), cancellation);
            return Results.NoContent();
        });
        routes.MapPost(One + "/restore", async (string kind, string name, string snapshot, string? reason, HttpContext context, CancellationToken cancellation) =>
        {
            await control.RestoreSnapshotAsync(new(kind, name), snapshot, Operator.Of(context, reason), cancellation);
            return Results.NoContent();
        });
        routes.MapDelete(One, async (string kind, string name, string snapshot, string? reason, HttpContext context, CancellationToken cancellation) =>
        {
            await control.DeleteSnapshotAsync(new(kind, name), snapshot, Operator.Of(context, reason), cancellation);
            return Results.NoContent();
        });
    }
}
