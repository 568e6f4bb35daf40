using EdgeOperator.Portal.Components;
using EdgeOperator.Portal.Pages;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeOperator.Portal.Hosting;

/// <summary>Puts the portal into a web application. Whoever does so brings an <see cref="Hub.IHubApi"/> and where the keys of data protection lie.</summary>
public static class PortalHosting
{
    private const string AntiforgeryCookie = "__Secure-edgeop-antiforgery";

    public static IServiceCollection AddPortal(this IServiceCollection services, PortalOptions options)
    {
        services.AddSingleton(options).AddScoped<PortalSession>().AddSingleton<NoticeCookie>().AddRazorComponents();
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.FormFieldName = "antiforgery";
            antiforgery.Cookie.Name = AntiforgeryCookie;
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
            antiforgery.Cookie.SecurePolicy = CookieSecurePolicy.Always;
            antiforgery.Cookie.Path = options.PathBase + PortalPaths.Prefix;
            antiforgery.SuppressXFrameOptionsHeader = true;
        });
        return services;
    }

    /// <summary>Before routing: makes addresses those that users see.</summary>
    public static void UsePortalPaths(this IApplicationBuilder app, PortalOptions options)
    {
        if (options.PathBase.Length == 0)
            return;
        app.UsePathBase(options.PathBase);
        app.Use((http, next) =>
        {
            // A proxy that takes the path away leaves it to be put before links.
            if (!http.Request.PathBase.HasValue && http.Request.Path.StartsWithSegments(PortalPaths.Prefix))
                http.Request.PathBase = options.PathBase;
            return next(http);
        });
    }

    /// <summary>After routing, and before the endpoints.</summary>
    public static void UsePortal(this IApplicationBuilder app)
    {
        app.UseWhen(http => http.Request.Path.StartsWithSegments(PortalPaths.Prefix), portal => portal.UseMiddleware<PortalGate>());
        app.UseAntiforgery();
    }

    public static void MapPortal(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapRazorComponents<App>();
        var portal = endpoints.MapGroup(PortalPaths.Prefix);
        portal.MapGet("assets/{hash}/{name}", PortalAssets.AnswerAsync);
        portal.MapPost("do", (RequestDelegate)ActionEndpoint.AnswerAsync);
        portal.MapPost("sign-out", (RequestDelegate)SignOut.AnswerAsync);

        // A WebSocket over HTTP/2 begins with CONNECT: https://www.rfc-editor.org/rfc/rfc8441.
        portal.MapMethods("live/{**path}", [HttpMethods.Get, HttpMethods.Connect], LiveEndpoint.AnswerAsync);
        portal.MapFallback("{**path}", (RequestDelegate)(http => new RazorComponentResult<NotFoundPage> { StatusCode = StatusCodes.Status404NotFound, PreventStreamingRendering = true }.ExecuteAsync(http)));
    }

    /// <summary>Whether a form comes from a page that this browser was sent.</summary>
    internal static async Task<bool> IsOwnFormAsync(HttpContext http) =>
        http.Request.HasFormContentType && await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http);
}
