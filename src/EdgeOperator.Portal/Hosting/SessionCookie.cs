using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Portal.Hosting;

/// <summary>The cookie with the token of a login. No script can read it, and it goes to the portal alone.</summary>
public static class SessionCookie
{
    private const string Name = "__Secure-edgeop-session";

    public static string? Read(HttpContext http) => http.Request.Cookies[Name] is { Length: > 0 } token ? token : null;

    public static void Write(HttpContext http, string token, DateTimeOffset expires) => http.Response.Cookies.Append(Name, token, Options(http, expires));

    public static void Remove(HttpContext http) => http.Response.Cookies.Delete(Name, Options(http, null));

    // Lax, because links to the portal in a mail or a chat have to open as the user.
    private static CookieOptions Options(HttpContext http, DateTimeOffset? expires) => new()
    {
        HttpOnly = true,
        Secure = true,
        SameSite = SameSiteMode.Lax,
        Path = PortalPaths.Root(http),
        Expires = expires,
        IsEssential = true,
    };
}
