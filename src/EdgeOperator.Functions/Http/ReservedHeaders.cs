using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Http;

/// <summary>
/// Headers that only a host, its platform or a front before it sets, and that apps and workers trust: the invocation's own, App Service's word
/// on who the caller is, and where a request came from. A client's are dropped, as the platform drops them in the cloud: there is no front but
/// the host, and nobody else has checked what they claim.
/// </summary>
internal static class ReservedHeaders
{
    // Some frameworks route by X-Original-URL and its like, so past the function whose key was asked for.
    private static readonly string[] Prefixes =
    [
        "X-EdgeOp-", "X-Azure-", "X-MS-Invocation-Id", "X-MS-Client-Principal", "X-MS-Token-", "X-AppService-", "X-ARR-", "X-WAWS-", "X-SITE-",
        "X-Forwarded-", "X-Original-", "X-Rewrite-", "X-Envoy-", "X-Client-IP", "X-Client-Cert", "X-Real-", "X-Cluster-Client-IP", "X-ProxyUser-",
        "X-HTTP-DestinationURL", "X-HTTP-Host-Override", "X-Host", "X-SSL-", "CF-Connecting-", "Fastly-Client-", "True-Client-IP", "Client-IP",
        "DISGUISED-HOST", "WAS-DEFAULT-HOSTNAME", "SSL-Client-",
    ];

    // A CGI program takes Proxy for the variable HTTP_PROXY.
    private static readonly string[] Names = ["Forwarded", "Proxy"];

    private static readonly SearchValues<char> Initials = SearchValues.Create([.. Prefixes.Concat(Names).SelectMany(n => new[] { char.ToLowerInvariant(n[0]), char.ToUpperInvariant(n[0]) }).Distinct()]);

    public static bool Has(string name)
    {
        if (name.Length == 0 || !Initials.Contains(name[0]))
        {
            return false;
        }

        var dashed = Dashed(name);
        return Array.Exists(Prefixes, p => dashed.StartsWith(p, StringComparison.OrdinalIgnoreCase)) || Names.Contains(dashed, StringComparer.OrdinalIgnoreCase);
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
