using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace EdgeOperator.Functions.Workers.Forwarding;

/// <summary>What a worker gets to see of a request's headers.</summary>
internal static class RequestHeaders
{
    /// <returns>The body that was attached; null where the request has none.</returns>
    public static RequestBody? Copy(HttpContext context, HttpRequestMessage to, IReadOnlyList<KeyValuePair<string, string>> set)
    {
        var from = context.Request;
        RequestBody? body = null;
        if (from.ContentLength is not null || context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true })
        {
            to.Content = body = new(from);
        }

        foreach (var (name, values) in from.Headers)
        {
            if (!HopByHop.Contains(name) && !IsOurs(name) && !Has(set, name))
            {
                Add(to, name, values);
            }
        }

        Add(to, "X-Forwarded-For", context.Connection.RemoteIpAddress?.ToString());
        Add(to, "X-Forwarded-Proto", from.Scheme);
        Add(to, "X-Forwarded-Host", from.Host.Value);
        foreach (var (name, value) in set)
        {
            Add(to, name, value);
        }

        return body;
    }

    // An Expect was answered by us already; the length is the body's to tell.
    private static bool IsOurs(string name) =>
        name.Length switch
        {
            6 => name.Equals(HeaderNames.Expect, StringComparison.OrdinalIgnoreCase),
            14 => name.Equals(HeaderNames.ContentLength, StringComparison.OrdinalIgnoreCase),
            15 or 16 or 17 => name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase),
            _ => false,
        };

    private static bool Has(IReadOnlyList<KeyValuePair<string, string>> headers, string name)
    {
        for (var i = 0; i < headers.Count; i++)
        {
            if (headers[i].Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static void Add(HttpRequestMessage to, string name, Microsoft.Extensions.Primitives.StringValues values)
    {
        if (values.Count == 1)
        {
            if (!to.Headers.TryAddWithoutValidation(name, (string?)values))
            {
                to.Content?.Headers.TryAddWithoutValidation(name, (string?)values);
            }
        }
        else if (values.Count > 1 && !to.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
        {
            to.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
    }
}
