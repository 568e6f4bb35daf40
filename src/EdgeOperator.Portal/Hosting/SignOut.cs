using EdgeOperator.Portal.Hub;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeOperator.Portal.Hosting;

/// <summary>Ends a session: the token is worthless afterwards, wherever it may be.</summary>
internal static class SignOut
{
    public static async Task AnswerAsync(HttpContext http)
    {
        if (!await PortalHosting.IsOwnFormAsync(http))
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        await http.RequestServices.GetRequiredService<PortalSession>().SendAsync(new HubCall("POST", "api/v1/logout"));
        SessionCookie.Remove(http);
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = PortalPaths.To(http, "sign-in");
    }
}
