using EdgeOperator.Portal.Hub;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeOperator.Portal.Hosting;

/// <summary>What pages read as it comes: events, logs, and support bundles. The API answers; only pages of the portal itself may ask, so that no other site opens a log.</summary>
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
            ["logs", var device] => $"devices/{PortalPaths.Segment(device)}/logs",
            _ => null,
        };
        if (target is null || http.Request.Headers["Sec-Fetch-Site"] != "same-origin")
        {
            http.Response.StatusCode = target is null ? StatusCodes.Status404NotFound : StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }

        return http.RequestServices.GetRequiredService<IHubApi>().ForwardAsync(http, $"/api/v1/{target}{http.Request.QueryString}", session.Token!);
    }
}
