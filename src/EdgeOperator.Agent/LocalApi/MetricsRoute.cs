using System.Collections.Immutable;
using System.Net.Sockets;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Metrics;
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

    /// <param name="hosts">Host headers that are answered, in addition to loopback names and the listener's address.</param>
    public static void UseMetricsOnlyOverTcp(this IApplicationBuilder app, ImmutableArray<string> hosts) => app.Use((context, next) =>
    {
        if (context.Features.Get<IConnectionNamedPipeFeature>() is not null || context.Features.Get<IConnectionSocketFeature>()?.Socket.AddressFamily == AddressFamily.Unix)
            return next(context);

        if (!MetricsHosts.IsAllowed(context.Request.Host.Host, context.Connection.LocalIpAddress, hosts))
        {
            throw new BadHttpRequestException(
                "the Host header names neither this address nor a name that metrics are served under: add the name to api.metricsHosts.", StatusCodes.Status421MisdirectedRequest);
        }

        return context.Request.Path == "/metrics"
            ? next(context)
            : throw new ControlException(ControlException.NotFound, "only /metrics is served here: the rest is on the agent's Unix socket (on Windows, its pipe).");
    });
}
