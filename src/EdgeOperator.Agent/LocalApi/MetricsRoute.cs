using System.Net.Sockets;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EdgeOperator.Agent.LocalApi;

/// <summary><c>GET /metrics</c>, and the rule that TCP gets nothing else.</summary>
internal static class MetricsRoute
{
    private static readonly TimeSpan HostLimit = TimeSpan.FromSeconds(3);

    /// <summary>The agent's own metrics, then those of the hosts of function apps, with the label <c>app</c>.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes, PrometheusText metrics, IAgentControl control) =>
        routes.MapGet("/metrics", async (CancellationToken cancellation) =>
            Results.Text(metrics.Render() + await HostsAsync(control, cancellation), PrometheusText.ContentType));

    private static async Task<string> HostsAsync(IAgentControl control, CancellationToken cancellation)
    {
        var apps = control.Status.Resources.Where(r => r.Kind == Kinds.FunctionApp).Select(r => r.Name).ToList();
        var texts = await Task.WhenAll(apps.Select(app => HostAsync(control, app, cancellation)));
        var union = new PrometheusUnion("app");
        foreach (var (app, text) in apps.Zip(texts))
            union.Add(app, text);
        return union.Render();
    }

    /// <summary>Nothing for a host that does not answer soon: its app's readiness tells of that.</summary>
    private static async Task<string> HostAsync(IAgentControl control, string app, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(HostLimit);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/metrics", UriKind.Relative));
            using var answer = await control.AskHostAsync(app, request, limit.Token);
            return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync(limit.Token) : "";
        }
        catch (Exception e) when (e is ControlException or HttpRequestException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return "";
        }
    }

    public static void UseMetricsOnlyOverTcp(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var isUnixSocket = context.Features.Get<IConnectionSocketFeature>()?.Socket.AddressFamily == AddressFamily.Unix;
        return isUnixSocket || context.Request.Path == "/metrics"
            ? next(context)
            : throw new ControlException(Problems.NotFound, "only /metrics is served here: the rest is on the agent's Unix socket.");
    });
}
