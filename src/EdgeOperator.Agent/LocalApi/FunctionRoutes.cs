using System.Text;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Streams;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EdgeOperator.Agent.LocalApi;

/// <summary>
/// <c>/v1/functions/APP/…</c>: what may be asked of a function app's host, sent on to it as it came. What the agent itself
/// decides, its generation and its end, is not among it.
/// </summary>
internal static class FunctionRoutes
{
    private const long LargestInput = 64 * 1024 * 1024;

    /// <summary>Bytes of why a host refuses.</summary>
    private const int LongestReason = 16 * 1024;

    public static void MapFunctions(this IEndpointRouteBuilder routes, IAgentControl control) =>
        routes.MapMethods("/v1/functions/{app}/{**path}", ["GET", "POST", "PUT", "DELETE"], (string app, HttpContext context) => SendOnAsync(control, app, context));

    private static async Task SendOnAsync(IAgentControl control, string app, HttpContext context)
    {
        var path = ((string?)context.Request.RouteValues["path"] ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (!IsServed(context.Request.Method, path))
            throw new ControlException(ControlException.NotFound, $"{context.Request.Method} {context.Request.Path} is not served.");
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = LargestInput;

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        using var request = new HttpRequestMessage(
            new HttpMethod(context.Request.Method), new Uri("/" + string.Join('/', path.Select(Uri.EscapeDataString)) + context.Request.QueryString, UriKind.Relative));
        if (context.Request.ContentLength is > 0 || context.Request.Headers.TransferEncoding.Count > 0)
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.ContentLength = context.Request.ContentLength;
            request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType ?? "application/json");
        }

        using var answer = await control.AskHostAsync(app, request, ended.Token);
        if (!answer.IsSuccessStatusCode)
            throw new ControlException((int)answer.StatusCode == StatusCodes.Status404NotFound ? ControlException.NotFound : "HostRefused", await ReasonAsync(answer, ended.Token));
        context.Response.StatusCode = (int)answer.StatusCode;
        if (context.Response.StatusCode == StatusCodes.Status204NoContent)
            return;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await answer.Content.CopyToAsync(context.Response.Body, ended.Token);
    }

    private static bool IsServed(string method, string[] path) => (method, path) switch
    {
        ("GET", ["status" or "functions" or "logs" or "metrics" or "keys" or "deployments"]) => true,
        ("POST", ["functions" or "deployments", _] or ["publish-settings"]) => true,
        ("POST" or "PUT", ["keys", _] or ["keys", _, _]) => true,
        ("DELETE", ["keys", _, _]) => true,
        _ => false,
    };

    private static async Task<string> ReasonAsync(HttpResponseMessage answer, CancellationToken cancellation) =>
        Encoding.UTF8.GetString(await BoundedStream.ReadStartAsync(await answer.Content.ReadAsStreamAsync(cancellation), LongestReason, cancellation)).Trim() is { Length: > 0 } text ? text : $"the app's host answered {(int)answer.StatusCode}";
}
