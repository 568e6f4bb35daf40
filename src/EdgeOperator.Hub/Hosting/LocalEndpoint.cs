using EdgeOperator.Hub.Mqtt;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Twins;
using EdgeOperator.Platform.Metrics;

namespace EdgeOperator.Hub.Hosting;

/// <summary>Metrics and health, on a port of their own that is not for devices.</summary>
/// <param name="hostName">A Host header that metrics are served under, besides loopback names and the listener's address.</param>
internal sealed class LocalEndpoint(PrometheusText text, HubMetrics metrics, ChangeFeed changes, IHubStore store, string hostName)
{
    public Task AnswerAsync(HttpContext http) => http.Request.Path.Value switch
    {
        "/metrics" when !MetricsHosts.IsAllowed(http.Request.Host.Host, http.Connection.LocalIpAddress, [hostName]) =>
            WriteAsync(http, StatusCodes.Status421MisdirectedRequest, "text/plain", "the Host header names neither this address nor the hub\n"),
        "/metrics" => AnswerMetricsAsync(http),
        "/healthz/live" => WriteAsync(http, StatusCodes.Status200OK, "text/plain", "ok\n"),
        "/healthz/ready" => AnswerReadyAsync(http),
        _ => WriteAsync(http, StatusCodes.Status404NotFound, "text/plain", "known here: /metrics, /healthz/live, /healthz/ready\n"),
    };

    private async Task AnswerMetricsAsync(HttpContext http)
    {
        try
        {
            metrics.OutboxDepth(Math.Max(0, (await store.LastChangeAsync(http.RequestAborted)).Last - changes.Position));
        }
        catch (StoreException)
        {
            // It stays what it was; all others are told.
        }

        await WriteAsync(http, StatusCodes.Status200OK, PrometheusText.ContentType, text.Render());
    }

    private async Task AnswerReadyAsync(HttpContext http)
    {
        try
        {
            await store.CheckAsync(http.RequestAborted);
            await WriteAsync(http, StatusCodes.Status200OK, "text/plain", "ok\n");
        }
        catch (StoreException e)
        {
            await WriteAsync(http, StatusCodes.Status503ServiceUnavailable, "text/plain", $"the store can't be used: {e.Message}\n");
        }
    }

    private static Task WriteAsync(HttpContext http, int status, string type, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        return http.Response.WriteAsync(text);
    }
}
