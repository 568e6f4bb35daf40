using System.Net.Sockets;
using EdgeOperator.Core.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EdgeOperator.Agent.LocalApi;

/// <summary><c>GET /metrics</c>, and the rule that TCP gets nothing else.</summary>
internal static class MetricsRoute
{
    public static void MapMetrics(this IEndpointRouteBuilder routes, PrometheusText metrics) =>
        routes.MapGet("/metrics", () => Results.Text(metrics.Render(), PrometheusText.ContentType));

    public static void UseMetricsOnlyOverTcp(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var isUnixSocket = context.Features.Get<IConnectionSocketFeature>()?.Socket.AddressFamily == AddressFamily.Unix;
        return isUnixSocket || context.Request.Path == "/metrics"
            ? next(context)
            : throw new ControlException(Problems.NotFound, "only /metrics is served here: the rest is on the agent's Unix socket.");
    });
}
