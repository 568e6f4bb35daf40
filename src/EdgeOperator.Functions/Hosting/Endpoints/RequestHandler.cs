using EdgeOperator.Functions.Http;
using EdgeOperator.Functions.Metrics;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Hosting.Endpoints;

/// <summary>Every request on the app's port: the host's own addresses, the functions of the generation that serves, the homepage.</summary>
internal sealed class RequestHandler(CurrentState current, AdminApi admin, FunctionMetrics metrics)
{
    public static RequestHandler For(AppHost host) => new(host.Current, new(host), host.Metrics);

    public Task AnswerAsync(HttpContext context)
    {
        // Asks for a tunnel, and a worker would get the Host header as the target.
        if (HttpMethods.IsConnect(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return Task.CompletedTask;
        }

        return context.Request.Path.StartsWithSegments("/admin") ? admin.AnswerAsync(context) : AnswerFunctionAsync(context);
    }

    private async Task AnswerFunctionAsync(HttpContext context)
    {
        if (current.Acquire() is not { } generation)
        {
            context.Response.Headers.RetryAfter = current.RetryAfter().ToString();
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        try
        {
            generation.TrustedProxies?.Apply(context);
            if (generation.CrossOrigin?.Answer(context) == true)
                return;

            if (!await generation.Requests.TryAnswerAsync(context, generation.Aborted))
                AnswerOther(context, generation);
        }
        finally
        {
            generation.Release();
        }

        if (context.Response.StatusCode is 401 or 413 or 429)
            metrics.Rejected(context.Response.StatusCode);
    }

    private static void AnswerOther(HttpContext context, Generation generation)
    {
        if (context.Request.Path.Value is "/" or "" && HttpMethods.IsGet(context.Request.Method))
            Homepage.Answer(context, generation.App);
        else
            context.Response.StatusCode = StatusCodes.Status404NotFound;
    }
}
