using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeOperator.Functions.Http;

/// <summary>
/// The path and query that a worker gets: as the client wrote them, but without dot segments, which Kestrel has removed
/// before the function was found and its key asked for. A worker that removed them in another way, or not at all, would run another function.
/// </summary>
internal static class RequestTarget
{
    public static string Of(HttpRequest request)
    {
        var raw = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        return raw is ['/', ..] ? Of(raw) : OfAbsolute(raw) ?? request.PathBase.ToUriComponent() + request.Path.ToUriComponent() + request.QueryString.ToUriComponent();
    }

    /// <param name="target">Begins with a slash.</param>
    internal static string Of(string target)
    {
        var query = target.IndexOf('?');
        var path = query < 0 ? target.AsSpan() : target.AsSpan(0, query);
        return HasDotSegments(path) ? RemoveDotSegments(path) + (query < 0 ? "" : target[query..]) : target;
    }

    // http://device/path (RFC 9112, 3.2.2): Kestrel has compared the host with the Host header.
    private static string? OfAbsolute(string target)
    {
        var authority = target.IndexOf("://", StringComparison.Ordinal);
        if (authority < 0)
        {
            return null;
        }

        var rest = target.AsSpan(authority + 3);
        var end = rest.IndexOfAny('/', '?');
        return end < 0 ? "/" : rest[end] == '/' ? Of(rest[end..].ToString()) : $"/{rest[end..]}";
    }

    private static bool HasDotSegments(ReadOnlySpan<char> path)
    {
        if (path.IndexOf('.') < 0 && path.IndexOf("%2e", StringComparison.OrdinalIgnoreCase) < 0)
        {
            return false;
        }

        foreach (var segment in path.Split('/'))
        {
            if (Dots(path[segment]) > 0)
            {
                return true;
            }
        }

        return false;
    }

    // RFC 3986, 5.2.4.
    private static string RemoveDotSegments(ReadOnlySpan<char> path)
    {
        var kept = new List<string>();
        var endsInSlash = false;
        foreach (var range in path[1..].Split('/'))
        {
            var segment = path[1..][range];
            var dots = Dots(segment);
            endsInSlash = dots > 0;
            if (dots == 0)
            {
                kept.Add(segment.ToString());
            }
            else if (dots == 2 && kept.Count > 0)
            {
                kept.RemoveAt(kept.Count - 1);
            }
        }

        return "/" + string.Join('/', kept) + (endsInSlash && kept.Count > 0 ? "/" : "");
    }

    /// <returns>1 for ".", 2 for "..", percent-encoded or not; 0 for what is no dot segment.</returns>
    private static int Dots(ReadOnlySpan<char> segment)
    {
        var dots = 0;
        while (segment.Length > 0)
        {
            var length = segment[0] == '.' ? 1 : segment.StartsWith("%2e", StringComparison.OrdinalIgnoreCase) ? 3 : 0;
            if (length == 0 || ++dots > 2)
            {
                return 0;
            }

            segment = segment[length..];
        }

        return dots;
    }
}
