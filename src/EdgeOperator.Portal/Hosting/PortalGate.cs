using EdgeOperator.Portal.Hub;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Portal.Hosting;

/// <summary>The way into the portal: headers that browsers hold pages to, and who it is. Who has not signed in gets no further than the sign-in.</summary>
internal sealed partial class PortalGate(RequestDelegate next, ILogger<PortalGate> log)
{
    // No page needs anything from anywhere else, nor anything inline.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

    public async Task InvokeAsync(HttpContext http, PortalSession session, NoticeCookie notices)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        var path = http.Request.Path.Value![PortalPaths.Prefix.Length..];
        if (path.StartsWith("/assets/", StringComparison.Ordinal))
        {
            await next(http);
            return;
        }

        headers.CacheControl = "no-cache, no-store";
        headers.Pragma = "no-cache";
        try
        {
            await session.OpenAsync(http, HttpMethods.IsGet(http.Request.Method) ? notices.Take(http) : null);
            if (session.User is null && path is not "/sign-in" and not "/sign-in/sso")
                http.Response.Redirect(HubCall.Query(PortalPaths.To(http, "sign-in"), ("to", HttpMethods.IsGet(http.Request.Method) ? path.TrimStart('/') + http.Request.QueryString : null)));
            else
                await next(http);
        }
        catch (HubRefusedException e) when (!http.Response.HasStarted)
        {
            await FailAsync(http, e.Answer.Status, e.Message);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the page.
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            Failed(log, http.Request.Method, http.Request.Path, e);
            await FailAsync(http, StatusCodes.Status500InternalServerError, "the hub failed; its log says how");
        }
    }

    private static Task FailAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(text + "\n");
    }
}
