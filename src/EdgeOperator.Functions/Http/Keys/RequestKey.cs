using EdgeOperator.Functions.App;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Http.Keys;

/// <summary>The key that a request brings, and the level that a function asks for.</summary>
internal static class RequestKey
{
    /// <summary>The header <c>x-functions-key</c>, else <c>?code=</c>.</summary>
    public static string? Of(HttpRequest request) =>
        request.Headers.TryGetValue("x-functions-key", out var header) ? header.ToString()
        : request.QueryString.HasValue && request.Query.TryGetValue("code", out var code) ? code.ToString()
        : null;

    /// <summary><c>authLevel</c>; without it, and for words that mean nothing, a key is asked for.</summary>
    public static AuthLevel Asked(Binding trigger) => trigger.Text("authLevel")?.ToLowerInvariant() switch
    {
        "anonymous" => AuthLevel.Anonymous,
        "admin" => AuthLevel.Admin,
        _ => AuthLevel.Function,
    };
}
