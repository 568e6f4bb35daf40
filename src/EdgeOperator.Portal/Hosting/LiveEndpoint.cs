using EdgeOperator.Portal.Hub;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeOperator.Portal.Hosting;

/// <summary>What pages read as it comes: events, logs, support bundles, terminals and consoles. The API answers; only pages of the portal itself may ask, so that no other site opens a log.</summary>
internal static class LiveEndpoint
{
    public static Task AnswerAsync(HttpContext http)
    {
        var session = http.RequestServices.GetRequiredService<PortalSession>();
        var path = (http.GetRouteValue("path") as string ?? "").Split('/');
        var target = path switch
        {
            ["events"] => "events",
            ["support-bundle", var device] => $"devices/{PortalPaths.Segment(device)}/support-bundle",
            ["exec", var device] => $"devices/{PortalPaths.Segment(device)}/exec",
            ["console", var device] => $"devices/{PortalPaths.Segment(device)}/console",
            ["logs", var device] => $"devices/{PortalPaths.Segment(device)}/logs",
            _ => null,
        };
        if (target is null || !IsOwnPage(http))
        {
            http.Response.StatusCode = target is null ? StatusCodes.Status404NotFound : StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }

        // The API knows one way of asking.
        http.Request.Method = HttpMethods.Get;
        return http.RequestServices.GetRequiredService<IHubApi>().ForwardAsync(http, $"/api/v1/{target}{http.Request.QueryString}", session.Token!);
    }

    // Browsers don't agree on what they say of a WebSocket's site; its Origin they all send, and no page can forge it.
    private static bool IsOwnPage(HttpContext http) => http.WebSockets.IsWebSocketRequest
        ? Uri.TryCreate(http.Request.Headers.Origin, UriKind.Absolute, out var origin)
            && (IsSame(origin, $"https://{http.Request.Host}") || IsSame(origin, http.RequestServices.GetRequiredService<PortalOptions>().HubUrl))
        : http.Request.Headers["Sec-Fetch-Site"] == "same-origin";

    private static bool IsSame(Uri origin, string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var own) && Uri.Compare(origin, own, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;
}
