using System.Text;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Platform.Publishing;

/// <summary>Finds out which app a request may publish to, by its credentials alone: each app has its own.</summary>
internal static class PublisherLogin
{
    private const string Basic = "Basic ";
    private const string Bearer = "Bearer ";

    /// <param name="password">What it was.</param>
    /// <returns>Null without credentials, or with wrong ones.</returns>
    public static PublishedApp? Authenticate(HttpRequest request, PublishStore store, out string password)
    {
        password = "";
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            var token = password = header[Bearer.Length..].Trim();
            return store.Apps.FirstOrDefault(app => app.Credentials?.Fit(token) is true);
        }

        if (!header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase) || Decode(header[Basic.Length..].Trim()) is not { } login)
            return null;
        var colon = login.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            return null;
        password = login[(colon + 1)..];
        return store.Find(NameIn(login[..colon])) is { } app && app.Credentials?.Fit(password) is true ? app : null;
    }

    /// <summary><c>$app</c>, <c>app</c>, or, as FTP clients have it, <c>app\$app</c>.</summary>
    private static string NameIn(string user) => user[(user.LastIndexOf('\\') + 1)..].TrimStart('$');

    private static string? Decode(string text)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(text));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
