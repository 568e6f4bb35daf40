using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Http;

/// <summary>
/// Headers that only a host, its platform or a front before it sets, and that apps and workers trust: the invocation's own, App Service's word
/// on who the caller is, and where a request came from. A client's are dropped, as the platform drops them in the cloud: there is no front but
/// the host, and nobody else has checked what they claim.
/// </summary>
internal static class ReservedHeaders
{
    // X-Original-URL and X-Rewrite-URL: some frameworks route by them, so past the function whose key was asked for.
    private static readonly string[] Prefixes =
    [
        "X-EdgeOp-", "X-Azure-Functions-", "X-MS-Invocation-Id", "X-MS-Client-Principal", "X-MS-Token-", "X-AppService-", "X-ARR-", "X-WAWS-",
        "X-Forwarded-", "X-Original-", "X-Rewrite-",
    ];

    public static bool Has(string name)
    {
        // All but one begin so, and most headers don't.
        if (name.Length < 3 || (name[0] | ' ') != 'x')
        {
            return name.Equals("Forwarded", StringComparison.OrdinalIgnoreCase);
        }

        var dashed = Dashed(name);
        return Array.Exists(Prefixes, p => dashed.StartsWith(p, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>What the host says of the request in their place. Values are null where there is nothing to say.</summary>
    public static KeyValuePair<string, string?>[] Own(HttpContext context) =>
    [
        new("X-Forwarded-For", context.Connection.RemoteIpAddress?.ToString()),
        new("X-Forwarded-Proto", context.Request.Scheme),
        new("X-Forwarded-Host", context.Request.Host.Value),
    ];

    /// <summary>The request's headers as a worker may see them.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Filter(HttpContext context) =>
        context.Request.Headers.Where(h => !Has(h.Key)).SelectMany(h => h.Value, (h, value) => KeyValuePair.Create(h.Key, value ?? ""))
            .Concat(Own(context).Where(h => h.Value is { Length: > 0 }).Select(h => KeyValuePair.Create(h.Key, h.Value!)));

    /// <summary>Programs behind CGI's rules can't tell X_A from X-A.</summary>
    public static string Dashed(string name) => name.Contains('_') ? name.Replace('_', '-') : name;
}
