using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Portal.Hosting;

/// <summary>Keeps what an action has led to until the page after it shows it. It is encrypted, so that nobody else can make pages say something.</summary>
internal sealed class NoticeCookie(IDataProtectionProvider protection)
{
    private const string Name = "__Secure-edgeop-notice";
    private const int LongestText = 1500;

    private readonly IDataProtector _protector = protection.CreateProtector("edgeop.portal.notice");

    public void Leave(HttpContext http, Notice notice)
    {
        var bounded = notice with { Text = Short(notice.Text), Command = notice.Command is null ? null : Short(notice.Command) };
        http.Response.Cookies.Append(Name, _protector.Protect(JsonSerializer.Serialize(bounded)), Options(http));
    }

    /// <returns>Null for none.</returns>
    public Notice? Take(HttpContext http)
    {
        // A page that is read again for what has changed shows no notices.
        if (http.Request.Cookies[Name] is not { } text || http.Request.Headers.ContainsKey("X-Edgeop-Refresh") || http.Request.Path.StartsWithSegments(PortalPaths.Prefix + "/live"))
            return null;
        http.Response.Cookies.Delete(Name, Options(http));
        try
        {
            return JsonSerializer.Deserialize<Notice>(_protector.Unprotect(text));
        }
        catch (Exception e) when (e is CryptographicException or JsonException)
        {
            return null;
        }
    }

    private static string Short(string text) => text.Length <= LongestText ? text : text[..LongestText] + "…";

    private static CookieOptions Options(HttpContext http) => new()
    {
        HttpOnly = true,
        Secure = true,
        SameSite = SameSiteMode.Strict,
        Path = PortalPaths.Root(http),
        MaxAge = TimeSpan.FromMinutes(1),
        IsEssential = true,
    };
}
