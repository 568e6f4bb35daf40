using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeOperator.Portal.Hosting;

/// <summary>Where the portal is, also behind a proxy that serves the hub below a path of its own.</summary>
public static class PortalPaths
{
    public const string Prefix = "/portal";

    /// <returns>Without a slash at the end.</returns>
    public static string Root(HttpContext http) => http.Request.PathBase.Value + Prefix;

    /// <summary>An address in the portal.</summary>
    /// <param name="path">Below the portal, encoded, without a slash at the beginning.</param>
    public static string To(HttpContext http, string path) => $"{Root(http)}/{path}";

    /// <summary>A path below the portal that a browser has sent, if it is one.</summary>
    /// <returns>Without a slash at the beginning; empty when it would lead elsewhere.</returns>
    public static string Local(string? path) =>
        path is { Length: > 0 and < 2048 } && path[0] is not ('/' or '\\') && !path.Contains(':', StringComparison.Ordinal) && !path.Contains('\\', StringComparison.Ordinal)
        && !path.Any(char.IsControl) && !path.StartsWith('.')
            ? path
            : "";

    /// <summary>A name as a segment of a path. What a browser takes for the way up is nobody's name.</summary>
    public static string Segment(string name) => Uri.EscapeDataString(name);

    /// <summary>The device in the address of a page, as it was sent: routing decodes what stands in names twice.</summary>
    public static string DeviceIn(HttpContext http) => NameIn(http, "devices");

    public static string Device(string name) => $"devices/{Segment(name)}";

    /// <summary>The fleet in the address of a page, as it was sent.</summary>
    public static string FleetIn(HttpContext http) => NameIn(http, "fleets");

    public static string Fleet(string name) => $"fleets/{Segment(name)}";

    private static string NameIn(HttpContext http, string collection)
    {
        var segments = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0].Split('/');
        var portal = Enumerable.Range(0, segments.Length - 2).First(i => segments[i] == Prefix[1..] && segments[i + 1] == collection);
        return Uri.UnescapeDataString(segments[portal + 2]);
    }
}
