using EdgeOperator.Hub.Storage;
using EdgeOperator.Platform.Metrics;

namespace EdgeOperator.Hub.Hosting;

/// <summary>Metrics and health, on a port of their own that is not for devices.</summary>
internal sealed class LocalEndpoint(PrometheusText metrics, IHubStore store)
{
    public Task AnswerAsync(HttpContext http) => http.Request.Path.Value switch
    {
        "/metrics" => WriteAsync(http, StatusCodes.Status200OK, PrometheusText.ContentType, metrics.Render()),
        "/healthz/live" => WriteAsync(http, StatusCodes.Status200OK, "text/plain", "ok\n"),
        "/healthz/ready" => AnswerReadyAsync(http),
        _ => WriteAsync(http, StatusCodes.Status404NotFound, "text/plain", "known here: /metrics, /healthz/live, /healthz/ready\n"),
    };

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
