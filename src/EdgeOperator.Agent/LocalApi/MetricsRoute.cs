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
    /// <summary>The agent's own metrics, then those of the hosts of function apps, with the label <c>app</c>.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes, PrometheusText metrics, IAgentControl control)
    {
        var hosts = new HostMetrics(control);
        routes.MapGet("/metrics", async (CancellationToken cancellation) =>
            Results.Text(metrics.Render() + await hosts.RenderAsync(cancellation), PrometheusText.ContentType));
    }

    public static void UseMetricsOnlyOverTcp(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var isUnixSocket = context.Features.Get<IConnectionSocketFeature>()?.Socket.AddressFamily == AddressFamily.Unix;
        return isUnixSocket || context.Request.Path == "/metrics"
            ? next(context)
            : throw new ControlException(Problems.NotFound, "only /metrics is served here: the rest is on the agent's Unix socket.");
    });
}
