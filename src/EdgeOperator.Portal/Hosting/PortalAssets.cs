using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Portal.Hosting;

/// <summary>The style sheet, the scripts and the icon, from the assembly. Their addresses have their hashes, so that browsers keep them.</summary>
internal static class PortalAssets
{
    private static readonly Dictionary<string, Asset> All = new[] { ("portal.css", "text/css"), ("portal.js", "text/javascript"), ("terminal.js", "text/javascript"), ("icon.svg", "image/svg+xml") }
        .Select(a => Load(a.Item1, a.Item2)).ToDictionary(a => a.Name, StringComparer.Ordinal);

    /// <summary>The address of an asset, below the portal.</summary>
    public static string PathOf(string name) => $"assets/{All[name].Hash}/{name}";

    public static Task AnswerAsync(HttpContext http, string hash, string name)
    {
        if (!All.TryGetValue(name, out var asset) || asset.Hash != hash)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        http.Response.ContentType = asset.Type;
        http.Response.ContentLength = asset.Bytes.Length;
        http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return http.Response.Body.WriteAsync(asset.Bytes, http.RequestAborted).AsTask();
    }

    private static Asset Load(string name, string type)
    {
        using var stream = typeof(PortalAssets).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new(name, type + (type.StartsWith("text/", StringComparison.Ordinal) ? "; charset=utf-8" : ""), bytes, Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]);
    }

    private sealed record Asset(string Name, string Type, byte[] Bytes, string Hash);
}
